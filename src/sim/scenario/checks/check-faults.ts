/** Mistakes of faults that only show when the peers are known. */
import { exactDuration } from '../../units/exact-format.ts';
import type { DrawnDistribution } from '../../plan/distributions.ts';
import { checkCondition, type ConditionContext } from './check-conditions.ts';
import { checkLateFault } from './check-late.ts';
import { checkSet } from './check-sets.ts';
import type { WrittenFault } from '../language/fault-schema.ts';
import type { Path } from '../source/yaml-source.ts';
import { TRACKER } from '../../faults/occurrence.ts';
import { selectPeers } from '../expressions/peer-directory.ts';
import { effectKeyOf } from '../resolve/resolve-faults.ts';
import type { ScenarioEffect, ScenarioFault, Targets } from '../language/scenario.ts';

export interface FaultContext extends ConditionContext {
  /** Whether a text is written at the path, and not a map. */
  readonly isText: (path: Path) => boolean;
}

export function checkFault(
  at: Path,
  written: WrittenFault,
  fault: ScenarioFault,
  context: FaultContext,
): void {
  const { report, timeLimitMs } = context;
  const key = effectKeyOf(written);
  const { effect, when } = fault;
  if (when.kind === 'condition') checkCondition([...at, 'when'], when.condition, context);
  else if (when.atMs.kind === 'constant' && when.atMs.value >= timeLimitMs) {
    const message = `would begin after the end of the run at ${exactDuration(timeLimitMs)}`;
    report([...at, 'at'], message, 'raise time_limit, or begin earlier');
  }
  if (effect.kind === 'partition') checkSides([...at, key, 'sides'], effect, context);
  else if (effect.kind !== 'tracker-down')
    checkTargets([...at, key], effect.targets, context, effect.kind === 'reset');
  checkRepetition(at, fault, context);
  checkLateFault(at, fault, timeLimitMs, report);
}

function checkTargets(at: Path, { set, take }: Targets, context: FaultContext, mayNameTracker = false): void {
  const size = checkSet(set, context.isText(at) ? at : [...at, 'peers'], 0, context, mayNameTracker);
  if (size === undefined || take === null) return;
  if (take.kind === 'count' && take.value > size)
    context.report([...at, 'count'], `${take.value} of ${size} peers`, `allowed: 1 to ${size}`);
  if (take.kind === 'share' && Math.round(take.value * size) === 0)
    context.report([...at, 'share'], `is less than one of ${size} peers`, 'raise it, or use count');
}

function checkSides(
  at: Path,
  { sides }: Extract<ScenarioEffect, { kind: 'partition' }>,
  context: FaultContext,
): void {
  const { directory, report } = context;
  const sideOf = new Map<string, number>();
  for (const [index, side] of sides.entries()) {
    if (side === null) continue;
    checkTargets([...at, index], side, context, true);
    for (const name of selectPeers(side.set, directory)) {
      const other = sideOf.get(name);
      if (other !== undefined && side.take === null && sides[other]?.take === null) {
        const message = `${name} is also in side ${other + 1}`;
        report(
          [...at, index],
          message,
          'put each peer on one side only, for example by a difference such as all - europe',
        );
        break;
      }
      sideOf.set(name, index);
    }
  }
  const rests = sides.filter((side) => side === null).length;
  if (rests > 1) report(at, 'rest occurs twice', 'keep one of them');
  else if (
    rests === 1 &&
    directory.peers.every((name) => sideOf.has(name)) &&
    sides.every((side) => side === null || side.take === null)
  )
    report(at, 'rest is empty', 'leave at least one peer out of the other sides');
  if (rests === 0 && sideOf.size === 1 && sideOf.has(TRACKER))
    report(at, 'the sides contain the tracker but no peer', 'add peers');
}

/** Each time must be over before the next begins. */
function checkRepetition(at: Path, { again, forMs, effect }: ScenarioFault, { report }: FaultContext): void {
  if (again === null) return;
  const { everyMs } = again;
  const lasts = effect.kind === 'crash' ? effect.returnAfterMs : forMs;
  const name = effect.kind === 'crash' ? 'crash.return_after' : 'for';
  if (effect.kind === 'reset') return;
  if (lasts === null) {
    const message = `needs ${name}: without it the fault never ends, so it cannot begin again`;
    report([...at, 'every'], message, `add ${name}, or remove every`);
  } else if (longest(lasts) >= everyMs) {
    const message = `begins again after ${exactDuration(everyMs)}, before ${name} has passed`;
    report([...at, 'every'], message, `make every longer than ${name}`);
  }
}

/** What is surely reached; a tail is cut by `expand`. */
function longest(distribution: DrawnDistribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
      return distribution.max;
    case 'samples':
      return Math.max(...distribution.values);
    case 'normal':
    case 'lognormal':
    case 'exponential':
    case 'pareto':
    case 'weibull':
      return 0;
  }
}
