/** Faults and conditions with their peers by name: sets are written out, and what is only a part of them is drawn. */
import { assertNever, ConfigError } from '../../core/errors.ts';
import type { Random } from '../../core/interfaces.ts';
import type { ScenarioCondition } from '../scenario/expressions/conditions.ts';
import { selectPeers, type PeerDirectory } from '../scenario/expressions/peer-directory.ts';
import type { ScenarioEffect, ScenarioFault, Targets } from '../scenario/language/scenario.ts';
import type { Draws } from './draws.ts';
import type { Condition, FaultEffect, FaultTrigger, PlannedFault } from '../plan/plan.ts';

/** Draws from a stream of the fault's own, by its name. */
export function expandFault(
  fault: ScenarioFault,
  directory: PeerDirectory,
  timeLimitMs: number,
  random: Random,
  draws: Draws,
): PlannedFault {
  const own = random.fork(`fault/${fault.name}`);
  const when: FaultTrigger =
    fault.when.kind === 'time'
      ? { kind: 'time', atMs: draws.draw('begin', fault.when.atMs, own.fork('at')) }
      : { ...fault.when, condition: expandCondition(fault.when.condition, directory) };
  const firstMs = when.kind === 'time' ? when.atMs : when.delayMs;
  return {
    name: fault.name,
    when,
    forMs: fault.forMs === null ? null : draws.draw('length', fault.forMs, own.fork('for')),
    again: expandRepetition(fault.again, timeLimitMs - firstMs),
    effect: expandEffect(fault, directory, own, draws),
  };
}

function expandRepetition(again: ScenarioFault['again'], remainingMs: number): PlannedFault['again'] {
  if (again === null) return null;
  const { everyMs } = again;
  const times = again.times === null ? Math.floor(remainingMs / everyMs) : again.times - 1;
  return times < 1 ? null : { everyMs, times };
}

export function expandCondition(
  { text, figure, comparison, value }: ScenarioCondition,
  directory: PeerDirectory,
): Condition {
  if (!('peers' in figure)) return { text, figure, comparison, value };
  const { peers, ...rest } = figure;
  const named = peers === null ? rest : { ...rest, peers: selectPeers(peers, directory) };
  return { text, figure: named, comparison, value };
}

function expandEffect(
  { effect, name }: ScenarioFault,
  directory: PeerDirectory,
  own: Random,
  draws: Draws,
): FaultEffect {
  const drawn = (targets: Targets): readonly string[] =>
    taken(selectPeers(targets.set, directory), targets, own);
  switch (effect.kind) {
    case 'crash': {
      const { kind, targets, returnAfterMs, keepChunks } = effect;
      const afterMs = returnAfterMs === null ? null : draws.draw('away', returnAfterMs, own.fork('return'));
      return { kind, peers: drawn(targets), returnAfterMs: afterMs, keepChunks };
    }
    case 'partition':
      return {
        kind: effect.kind,
        sides: drawSides(effect.sides, name, directory, own),
        oneWay: effect.oneWay,
      };
    case 'tracker-down':
      return effect;
    case 'slow-down':
    case 'latency-spike':
    case 'reset':
    case 'corrupt':
    case 'slow-disk':
    case 'pause':
    case 'black-hole':
    case 'lie':
    case 'free-ride':
    case 'disk-full': {
      const { targets, ...rest } = effect;
      return { ...rest, peers: drawn(targets) };
    }
    default:
      return assertNever(effect);
  }
}

/**
 * So many of the candidates. Each has a draw by its own name, and those with the least are taken: another candidate
 * takes at most one place, and moves nobody else.
 */
function taken(candidates: readonly string[], { take }: Targets, own: Random): readonly string[] {
  if (take === null) return candidates;
  const count = take.kind === 'count' ? take.value : Math.round(take.value * candidates.length);
  const ranked = candidates
    .map((name) => ({ name, rank: own.fork(`peer/${name}`).next() }))
    .sort((a, b) => a.rank - b.rank);
  const chosen = new Set(ranked.slice(0, count).map(({ name }) => name));
  return candidates.filter((name) => chosen.has(name));
}

type Sides = Extract<ScenarioEffect, { kind: 'partition' }>['sides'];

/** Whole sets first, then what is drawn of those that are left, then the rest. */
function drawSides(
  sides: Sides,
  fault: string,
  directory: PeerDirectory,
  own: Random,
): readonly (readonly string[])[] {
  const result: (readonly string[])[] = sides.map(() => []);
  const placed = new Set<string>();
  const place = (at: number, names: readonly string[]): void => {
    result[at] = names;
    for (const name of names) placed.add(name);
  };
  const free = (names: readonly string[]): readonly string[] => names.filter((name) => !placed.has(name));
  for (const [at, side] of sides.entries())
    if (side?.take === null) place(at, selectPeers(side.set, directory));
  for (const [at, side] of sides.entries()) {
    if (side === null || side.take === null) continue;
    const all = selectPeers(side.set, directory);
    const { kind, value } = side.take;
    const count = kind === 'count' ? value : Math.round(value * all.length);
    place(at, taken(free(all), { ...side, take: { kind: 'count', value: count } }, own.fork(`side/${at}`)));
  }
  for (const [at, side] of sides.entries()) if (side === null) place(at, free(directory.peers));
  const empty = result.findIndex((names) => names.length === 0);
  if (empty >= 0) {
    throw new ConfigError(
      `fault ${fault}: side ${empty + 1} of the partition has no peer; make another side smaller`,
    );
  }
  return result;
}
