/** Whether a run in virtual time finished, and no later than progress allows. */
import { fluidBound, type BoundPeer } from '../../src/sim/analyse/bounds.ts';
import { ChunkSet } from '../../src/core/chunk-set.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { runVirtually } from './virtual-swarm.ts';

/** Times the fluid bound… */
const BOUND_MAX = 12;
/** …and so many round trips between the two farthest peers for each chunk that has to go to somebody by one slot… */
const ROUND_TRIPS_MAX = 40;
const ROUND_TRIPS_A_CHUNK_MAX = 12;
/** …and the spec protocol's fixed pauses, retries with back-off, and late joins. */
const FIXED_MS = 180_000;

export interface Judgement {
  readonly seed: number;
  /** undefined: what must complete did. */
  readonly fault: string | undefined;
  readonly makespanMs: number | undefined;
  readonly budgetMs: number;
}

export function judge(seed: number, plan: Plan): Judgement {
  const budgetMs = budget(plan);
  const { events, makespanMs } = runVirtually({ ...plan, timeLimitMs: budgetMs });
  return { seed, makespanMs, budgetMs, fault: faultOf(events, makespanMs) };
}

function faultOf(events: readonly SwarmEvent[], makespanMs: number | undefined): string | undefined {
  if (makespanMs === undefined) return 'not complete within its budget';
  const corrupt = events.find((event) => event.type === 'chunk-discarded' && event.reason === 'corrupt');
  if (corrupt !== undefined) return `${corrupt.peer} threw away as corrupt what nobody spoiled`;
  const banned = events.find(({ type }) => type === 'peer-banned');
  return banned && `${banned.peer} banned somebody who did nothing wrong`;
}

function budget(plan: Plan): number {
  const { content, peers } = plan;
  if (content.kind !== 'generated') throw new Error('a generated content was expected');
  const { totalChunks, totalBytes, chunkBytes: most } = content;
  const chunkBytes = Array.from({ length: totalChunks }, (_, at) => Math.min(most, totalBytes - at * most));
  const swarm = { chunkBytes, peers: peers.map((peer) => boundPeer(peer, totalChunks)) };
  const lastMs = Math.max(...peers.flatMap(({ sessions }) => sessions.map(lastTimeOf)));
  const roundTripMs = 4 * Math.max(...peers.map(({ link }) => link.latencyMs));
  const leechers = peers.filter(({ holds }) => holds.kind !== 'all').length;
  const roundTrips = ROUND_TRIPS_MAX + ROUND_TRIPS_A_CHUNK_MAX * totalChunks * leechers;
  return lastMs + BOUND_MAX * fluidBound(swarm).ms + roundTrips * roundTripMs + FIXED_MS;
}

function lastTimeOf(session: Plan['peers'][number]['sessions'][number]): number {
  const joinMs = 'joinMs' in session ? session.joinMs : session.awayMs;
  return Math.max(joinMs, session.leave?.afterMs ?? 0);
}

function boundPeer({ link, sessions, holds, mustComplete }: Plan['peers'][number], total: number): BoundPeer {
  const all = ChunkSet.fromBits(fullBits(total), total)!;
  return {
    upBytesPerSec: link.upBytesPerSec,
    downBytesPerSec: link.downBytesPerSec,
    joinMs: sessions[0].joinMs,
    held: holds.kind === 'all' ? all : new ChunkSet(total),
    mustComplete: mustComplete !== false,
  };
}

function fullBits(total: number): Uint8Array {
  const set = new ChunkSet(total);
  for (let index = 1; index <= total; index++) set.add(index);
  return set.toBits();
}
