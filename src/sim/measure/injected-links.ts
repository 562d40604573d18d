/** What the links of each group did to the traffic: what they limit, delay, hold back or lose, and their changes. */
import { formatBytes, formatDuration } from '../units/format.ts';
import type { ShapingTotals } from '../network/totals.ts';
import type { PlannedLink, PlannedPeer } from '../plan/plan.ts';
import type { Evidence } from './observations.ts';
import type { InjectedFigures } from '../result/result.ts';

/** A row for each setting that a group's links have, in the order of the plan's groups. */
export function linkFigures(evidence: Evidence): InjectedFigures[] {
  const { peers } = evidence.plan;
  const groups = [...new Set(peers.map(({ group }) => group))];
  return groups.flatMap((group) => {
    const members = peers.filter((peer) => peer.group === group);
    return [
      ...steadyFigures(evidence, group, members),
      ...windowFigures(evidence, group, members),
      ...CHANGES.flatMap((change) => changeFigures(evidence, { group, members, ...change })),
    ];
  });
}

interface LinkEffect {
  readonly what: string;
  readonly applies: (link: PlannedLink) => boolean;
  readonly amount: (shaping: ShapingTotals) => number;
  readonly format: (amount: number) => string;
}

const LINK_EFFECTS: readonly LinkEffect[] = [
  {
    what: 'paced up',
    applies: (link) => link.upBytesPerSec !== null,
    amount: (shaping) => shaping.bytesPacedUp,
    format: formatBytes,
  },
  {
    what: 'paced down',
    applies: (link) => link.downBytesPerSec !== null,
    amount: (shaping) => shaping.bytesPacedDown,
    format: formatBytes,
  },
  {
    what: 'delayed',
    applies: (link) => link.latencyMs > 0 || link.jitterMs !== null || link.region !== null,
    amount: (shaping) => shaping.bytesDelayed,
    format: formatBytes,
  },
  {
    what: 'lost and sent again after a stall',
    applies: (link) => link.loss !== null,
    amount: (shaping) => shaping.stalls,
    format: (segments) => counted(segments, 'segment'),
  },
];

function steadyFigures(
  evidence: Evidence,
  group: string,
  members: readonly PlannedPeer[],
): InjectedFigures[] {
  const applying = LINK_EFFECTS.filter(({ applies }) => members.some(({ link }) => applies(link)));
  return applying.map(({ what, amount, format }) => {
    const hits = sum(members, (peer) => amountOf(evidence, peer, amount));
    return linkFigure(group, hits > 0 ? `${format(hits)} ${what}` : `nothing ${what}`, hits > 0);
  });
}

/**
 * A window holds back what its owner sends and, where it is the smaller one, what others send to the owner. Those
 * count it, and cannot tell for whom: where other groups have such windows too, it may have been theirs.
 */
function windowFigures(
  evidence: Evidence,
  group: string,
  members: readonly PlannedPeer[],
): InjectedFigures[] {
  const windows = members.flatMap(({ link }) => link.window ?? []);
  if (windows.length === 0) return [];
  const smallest = Math.min(...windows.map(({ bytes }) => bytes));
  const { peers } = evidence.plan;
  const isWider = ({ link }: PlannedPeer) => link.window === null || link.window.bytes > smallest;
  const own = sum(members, (peer) => amountOf(evidence, peer, ({ windowWaits }) => windowWaits));
  const others = sum(peers.filter(isWider), (peer) =>
    amountOf(evidence, peer, ({ otherWindowWaits }) => otherWindowWaits),
  );
  const isAlone = peers.every((peer) => peer.group === group || peer.link.window === null);
  const parts = [
    ...(own > 0 ? [`${counted(own, 'message')} sent`] : []),
    ...(others > 0
      ? [`${counted(others, 'message')} of others${isAlone ? '' : ' (or for other groups)'}`]
      : []),
  ];
  const held = parts.length === 0 ? 'nothing' : parts.join(' and ');
  return [linkFigure(group, `${held} held back by the window`, parts.length > 0)];
}

interface ChangeKind {
  readonly key: 'upBytesPerSec' | 'downBytesPerSec' | 'latencyMs';
  readonly what: string;
  readonly met: (shaping: ShapingTotals) => number;
}

const CHANGES: readonly ChangeKind[] = [
  { key: 'upBytesPerSec', what: 'of the uplink', met: ({ upChanges }) => upChanges },
  { key: 'downBytesPerSec', what: 'of the downlink', met: ({ downChanges }) => downChanges },
  { key: 'latencyMs', what: 'of the latency', met: ({ latencyChanges }) => latencyChanges },
];

/** One row for the changes that something went through after, one for those that nothing did. */
function changeFigures(
  evidence: Evidence,
  { group, members, key, what, met }: ChangeKind & { group: string; members: readonly PlannedPeer[] },
): InjectedFigures[] {
  const passed: number[] = [];
  const missed: number[] = [];
  for (const peer of members) {
    const times = peer.link.changes.filter((change) => change[key] !== undefined).map(({ atMs }) => atMs);
    const begun = amountOf(evidence, peer, met);
    passed.push(...times.slice(0, begun));
    missed.push(...times.slice(begun));
  }
  const first = (times: readonly number[]) => times.reduce((least, atMs) => Math.min(least, atMs), Infinity);
  const row = (times: readonly number[], effect: string, hit: boolean) =>
    times.length === 0 ? [] : [{ ...linkFigure(group, effect, hit), plannedMs: first(times) }];
  const isOver = first(missed) > evidence.record.elapsedMs;
  const why = isOver ? 'the run was over before' : 'no peer used it any more';
  const planned = `${counted(missed.length, 'change')} ${what} from ${formatDuration(first(missed))} on`;
  return [
    ...row(passed, `${counted(passed.length, 'change')} ${what} took effect`, true),
    ...row(missed, `nothing met ${planned}: ${why}`, false),
  ];
}

function linkFigure(target: string, effect: string, hit: boolean): InjectedFigures {
  return { kind: 'link', target, plannedMs: null, happenedMs: null, effect, hit };
}

function amountOf(
  { records }: Evidence,
  { name }: PlannedPeer,
  amount: (shaping: ShapingTotals) => number,
): number {
  const shaping = records.get(name)?.shaping;
  return shaping === undefined ? 0 : amount(shaping);
}

function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}

function counted(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? '' : 's'}`;
}
