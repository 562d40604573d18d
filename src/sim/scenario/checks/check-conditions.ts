/** Mistakes of conditions that only show when the peers are known: those that can never hold, or hold at once. */
import type { ScenarioCondition, ScenarioFigure } from '../expressions/conditions.ts';
import { checkSet, type SetContext } from './check-sets.ts';
import type { Path } from '../source/yaml-source.ts';
import { selectPeers } from '../expressions/peer-directory.ts';
import { certaintyOf, sensibleValues, type Reach } from '../expressions/value-range.ts';
import type { KnownPeer } from '../resolve/known-peers.ts';

export interface ConditionContext extends SetContext {
  readonly timeLimitMs: number;
  /** undefined: some of them have mistakes of their own. */
  readonly peers: readonly KnownPeer[] | undefined;
}

/** @param givesUp of `abort_on`, where what holds at the start is a mistake, too */
export function checkCondition(
  at: Path,
  condition: ScenarioCondition,
  context: ConditionContext,
  givesUp = false,
): void {
  const { figure, text, comparison, value } = condition;
  const written = 'peers' in figure ? figure.peers : null;
  if (written !== null && checkSet(written, at, text.indexOf('(') + 1, context) === undefined) return;
  const chosen = chosenPeers(figure, context);
  if (chosen === undefined) return;
  const reason = unfounded(figure, chosen);
  if (reason !== undefined) {
    context.report(at, `can never hold: ${reason}`, 'name other peers, as in completed(leechers) >= 50%');
    return;
  }
  const reach = reachOf(figure, chosen, context);
  const isCount = 'unit' in figure && figure.unit === 'count';
  const { range, allowed } = sensibleValues(comparison, reach, (limit) => asWritten(limit, figure));
  const certainty = certaintyOf(comparison, value, reach);
  if (certainty === 'never') {
    const isTooMany = isCount && value >= chosen.length;
    const why = isTooMany ? `there are ${chosen.length} of them` : `${figure.kind} is ${range}`;
    const most = comparison === '>' ? chosen.length - 1 : chosen.length;
    const fix = isTooMany && most > 0 ? `${most} or less` : allowed;
    context.report(at, `can never hold: ${why}`, `compare with ${fix}`);
  } else if (givesUp && certainty === 'always') {
    const message = `always holds, and the run would end at once: ${figure.kind} is ${range}`;
    context.report(at, message, `compare with ${allowed}`);
  } else if (givesUp && certaintyOf(comparison, value, startOf(figure, chosen)) === 'always') {
    const message = `holds at the start, and the run would end at once`;
    context.report(at, message, 'use a condition that holds later, such as elapsed > 30s');
  }
}

/** Whom a figure is about; undefined: they are not all known. */
function chosenPeers(
  figure: ScenarioFigure,
  { peers, directory }: ConditionContext,
): readonly KnownPeer[] | undefined {
  if (peers === undefined || !('peers' in figure)) return peers;
  if (figure.peers === null) return peers.filter(({ mayBeWaitedFor }) => mayBeWaitedFor);
  const names = new Set(selectPeers(figure.peers, directory));
  return peers.filter(({ name }) => names.has(name));
}

/** Why there is nothing to tell of. */
function unfounded(figure: ScenarioFigure, chosen: readonly KnownPeer[]): string | undefined {
  if (!('peers' in figure)) return undefined;
  if (chosen.length === 0) return 'without a set it means the peers that must complete, but there are none';
  const lacksNothing = figure.kind === 'progress' && chosen.every(({ holdsAll }) => holdsAll);
  return lacksNothing ? 'these peers hold everything at the start, so they make no progress' : undefined;
}

function reachOf(
  figure: ScenarioFigure,
  chosen: readonly KnownPeer[],
  { timeLimitMs }: ConditionContext,
): Reach {
  switch (figure.kind) {
    case 'elapsed':
      return { least: 0, most: timeLimitMs, isOpen: true };
    case 'availability':
      return { least: 0, most: chosen.length, step: 1 };
    case 'progress':
      return { least: 0, most: 1 };
    case 'completed':
    case 'joined':
    case 'alive':
      return counted(figure.unit, chosen.length, chosen.length);
  }
}

/** What a figure can be when conditions are looked at first. */
function startOf(figure: ScenarioFigure, chosen: readonly KnownPeer[]): Reach {
  switch (figure.kind) {
    case 'elapsed':
    case 'progress':
      return { least: 0, most: 0 };
    case 'availability':
      // Not told before every chunk has a holder.
      return { least: 1, most: chosen.length, step: 1 };
    case 'completed':
      return counted(
        figure.unit,
        chosen.filter((one) => one.holdsAll && one.joinsEarly).length,
        chosen.length,
      );
    case 'joined':
    case 'alive':
      return counted(figure.unit, chosen.filter(({ joinsEarly }) => joinsEarly).length, chosen.length);
  }
}

function counted(unit: 'share' | 'count', most: number, of: number): Reach {
  return unit === 'count' ? { least: 0, most, step: 1 } : { least: 0, most: most / of, step: 1 / of };
}

function asWritten(value: number, figure: ScenarioFigure): string {
  if (figure.kind === 'elapsed') return value % 1000 === 0 ? `${value / 1000}s` : `${value}ms`;
  const isShare = figure.kind === 'progress' || ('unit' in figure && figure.unit === 'share');
  return isShare ? `${Number((value * 100).toPrecision(12))}%` : String(value);
}
