/** Stays and time limits that end before anything can have come, in sentences for people. */
import { firstChunkTimes } from '../analyse/first-chunk.ts';
import { exactDuration } from '../units/exact-format.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';

type Swarm = Pick<Plan, 'peers' | 'regions' | 'content' | 'timeLimitMs'>;

interface TooShort {
  readonly neededMs: number;
  readonly longestMs: number;
  /** It would be too short even if nobody left. */
  readonly byLimit: boolean;
}

/** A sentence for each group some of whose peers cannot get a single chunk; empty when all can. */
export function tooShortNotices(swarm: Swarm): readonly string[] {
  const firstChunkMs = firstChunkTimes(swarm);
  const groups = new Map<string, (TooShort | undefined)[]>();
  for (const peer of swarm.peers) {
    const members = groups.get(peer.group) ?? [];
    members.push(tooShort(peer, swarm.timeLimitMs, firstChunkMs));
    groups.set(peer.group, members);
  }
  return [...groups].flatMap(([group, members]) => {
    const short = members.filter((member) => member !== undefined);
    if (short.length === 0) return [];
    const who = members.length === 1 ? 'the peer' : `${short.length} of ${members.length} peers`;
    const needed = exactDuration(Math.ceil(Math.min(...short.map(({ neededMs }) => neededMs))));
    const why = short.some(({ byLimit }) => byLimit)
      ? `time_limit leaves at most ${exactDuration(Math.max(...short.map(({ longestMs }) => longestMs)))}; raise it`
      : `no stay is longer than ${exactDuration(Math.max(...short.map(({ longestMs }) => longestMs)))}; make stays longer`;
    return [
      `${group}: ${who} cannot get a chunk: with this latency and these rates the first takes at least ${needed}, ` +
        `but ${why}, or lower the latency`,
    ];
  });
}

function tooShort(
  peer: PlannedPeer,
  timeLimitMs: number,
  firstChunkMs: (peer: PlannedPeer) => number,
): TooShort | undefined {
  const { holds } = peer;
  const mayLack = holds.kind === 'none' || (holds.kind === 'chunks' && holds.indices.length === 0);
  // Whoever never joins is told elsewhere.
  if (!mayLack || peer.sessions[0].joinMs >= timeLimitMs) return undefined;
  const neededMs = firstChunkMs(peer);
  const { longestMs, byLimit } = longestStay(peer, timeLimitMs);
  return longestMs < neededMs ? { neededMs, longestMs, byLimit } : undefined;
}

function longestStay(
  { sessions }: PlannedPeer,
  timeLimitMs: number,
): { readonly longestMs: number; readonly byLimit: boolean } {
  let longest = { longestMs: 0, byLimit: false };
  let leftMs = 0;
  for (const session of sessions) {
    const joinMs = 'joinMs' in session ? session.joinMs : leftMs + session.awayMs;
    const { leave } = session;
    // It leaves once it is complete: nothing is too short for that.
    leftMs = leave?.from === 'start' ? leave.afterMs : Infinity;
    const stayMs = Math.min(leftMs, timeLimitMs) - joinMs;
    if (stayMs > longest.longestMs) longest = { longestMs: stayMs, byLimit: leftMs >= timeLimitMs };
    if (leftMs >= timeLimitMs) break;
  }
  return longest;
}
