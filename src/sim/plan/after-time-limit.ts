/** What of a plan comes only after the latest end of its run, in sentences for people. */
import { exactDuration } from '../units/exact-format.ts';
import type { PlannedFault, PlannedPeer } from './plan.ts';

/** Joins and returns of each group, then faults; empty when all of them come in time. */
export function lateNotices(
  peers: readonly PlannedPeer[],
  faults: readonly PlannedFault[],
  endMs: number,
): readonly string[] {
  const after = `after the run has ended, at ${exactDuration(endMs)} at the latest`;
  const groups = new Map<string, PlannedPeer[]>();
  for (const peer of peers) groups.set(peer.group, [...(groups.get(peer.group) ?? []), peer]);
  return [
    ...[...groups].flatMap(([name, members]) => lateOfGroup(name, members, endMs, after)),
    ...faults.flatMap((fault) => lateOfFault(fault, endMs, after)),
  ];
}

function lateOfGroup(
  group: string,
  members: readonly PlannedPeer[],
  endMs: number,
  after: string,
): readonly string[] {
  const absent = members.filter(({ sessions }) => sessions[0].joinMs >= endMs);
  const away = members.filter((peer) => !absent.includes(peer) && isAwayAtTheEnd(peer, endMs));
  const some = (count: number): string =>
    members.length === 1 ? 'the peer' : `${count} of ${members.length} peers`;
  const waits = absent.some(({ mustComplete }) => mustComplete);
  const them = absent.length === 1 ? 'it' : 'them';
  const joins = absent.length === 1 ? 'it never joins' : 'they never join';
  return [
    ...(absent.length === 0
      ? []
      : [
          `${group}: ${some(absent.length)} would join ${after}: ${joins}` +
            (waits ? `, and the run waits for ${them}` : ''),
        ]),
    ...(away.length === 0
      ? []
      : [
          `${group}: ${some(away.length)} would come back ${after}: ` +
            (away.length === 1 ? 'it stays away' : 'they stay away'),
        ]),
  ];
}

/** Whether it leaves in time, and its next session begins too late: certainly, where nobody knows when it completes. */
function isAwayAtTheEnd({ sessions }: PlannedPeer, endMs: number): boolean {
  let leaveMs = 0;
  return sessions.some((session, at) => {
    const joinMs = 'joinMs' in session ? session.joinMs : leaveMs + session.awayMs;
    if (at > 0 && leaveMs < endMs && joinMs >= endMs) return true;
    const { leave } = session;
    leaveMs = leave === null ? Infinity : leave.afterMs + (leave.from === 'start' ? 0 : joinMs);
    return false;
  });
}

function lateOfFault(
  { name, when, again, effect }: PlannedFault,
  endMs: number,
  after: string,
): readonly string[] {
  // One that waits for a condition begins then at the earliest.
  const firstMs = when.kind === 'time' ? when.atMs : when.delayMs;
  if (firstMs >= endMs) return [`fault ${name} would begin ${after}: it never begins`];
  const times = again?.times ?? 0;
  const inTime = again === null ? 0 : Math.floor((endMs - firstMs) / again.everyMs);
  const isGone =
    effect.kind === 'crash' && effect.returnAfterMs !== null && firstMs + effect.returnAfterMs >= endMs;
  return [
    ...(times <= inTime
      ? []
      : [`fault ${name}: ${times - inTime} of ${times + 1} times it would begin ${after}`]),
    ...(isGone ? [`fault ${name}: its peers would come back ${after}: they stay away`] : []),
  ];
}
