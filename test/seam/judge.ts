/** Whether a run in virtual time finished, and no later than progress allows. */
import { fluidBound, type BoundPeer } from '../../src/sim/analyse/bounds.ts';
import { ChunkSet } from '../../src/core/chunk-set.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { runVirtually, type Links } from './virtual-swarm.ts';

/**
 * Once for the first time that a peer completes, and again for each time that it comes back without its chunks: so many
 * times the fluid bound…
 */
const BOUND_MAX = 6;
/** …and so many round trips between the two farthest peers, of which the spec protocol needs two for each chunk… */
const ROUND_TRIPS_MAX = 20;
const ROUND_TRIPS_A_CHUNK_MAX = 3;
/** …more for each pair of peers where not all can be connected, since they try each other one after another… */
const ROUND_TRIPS_A_PAIR_MAX = 4;
/** …and fixed pauses: ticks, polls, retries with a back-off of up to a minute. */
const FIXED_MS = 120_000;

export interface Budget {
  readonly budgetMs: number;
  /** The last join, return, leave or end of a fault that is planned. */
  readonly plannedMs: number;
  readonly boundMs: number;
  readonly roundTripMs: number;
  /** How often somebody may have to complete. */
  readonly times: number;
}

export interface Judgement {
  readonly seed: number;
  /** undefined: what must complete did. */
  readonly fault: string | undefined;
  readonly makespanMs: number | undefined;
  readonly budgetMs: number;
}

export function judge(seed: number, plan: Plan, links: Links = 'paced'): Judgement {
  const { budgetMs } = budgetOf(plan);
  const { events, makespanMs } = runVirtually({ ...plan, timeLimitMs: budgetMs }, links);
  return { seed, makespanMs, budgetMs, fault: faultOf(events, makespanMs) };
}

function faultOf(events: readonly SwarmEvent[], makespanMs: number | undefined): string | undefined {
  if (makespanMs === undefined) return 'not complete within its budget';
  const corrupt = events.find((event) => event.type === 'chunk-discarded' && event.reason === 'corrupt');
  if (corrupt !== undefined) return `${corrupt.peer} threw away as corrupt what nobody spoiled`;
  const banned = events.find(({ type }) => type === 'peer-banned');
  return banned && `${banned.peer} banned somebody who did nothing wrong`;
}

/** By when a run must be over, and what that follows from. */
function budgetOf(plan: Plan): Budget {
  const { content, peers } = plan;
  if (content.kind !== 'generated') throw new Error('a generated content was expected');
  const { totalChunks, totalBytes, chunkBytes: most } = content;
  const chunkBytes = Array.from({ length: totalChunks }, (_, at) => Math.min(most, totalBytes - at * most));
  const pairs = mayAllConnect(plan) ? 0 : (peers.length * (peers.length - 1)) / 2;
  const slowest = pairs === 0 ? undefined : slowestUplink(plan);
  const boundPeers = peers.map((peer) => boundPeer(peer, totalChunks, slowest));
  const boundMs = fluidBound({ chunkBytes, peers: boundPeers }).ms;
  const faultsMs = plan.faults.map(
    ({ when, forMs }) => (when.kind === 'time' ? when.atMs : 0) + (forMs ?? 0),
  );
  const plannedMs = Math.max(...peers.map(lastJoinMs), ...faultsMs);
  const [far = 0, second = 0] = peers.map(({ link }) => delayMaxMs(link)).toSorted((a, b) => b - a);
  const roundTripMs = 2 * (far + second);
  const roundTrips = ROUND_TRIPS_MAX + ROUND_TRIPS_A_CHUNK_MAX * totalChunks + ROUND_TRIPS_A_PAIR_MAX * pairs;
  const times = 1 + Math.max(...peers.map(timesLost));
  const onceMs = BOUND_MAX * boundMs + roundTrips * roundTripMs + FIXED_MS;
  return { budgetMs: plannedMs + times * onceMs, plannedMs, boundMs, roundTripMs, times };
}

/** One way, with the jitter that is drawn here: a uniform one. */
function delayMaxMs({ latencyMs, jitterMs }: Plan['peers'][number]['link']): number {
  return latencyMs + (jitterMs?.kind === 'uniform' ? jitterMs.max : 0);
}

/** An upper bound of the time by which its last stay begins, apart from the time until it is complete. */
function lastJoinMs({ sessions }: Plan['peers'][number]): number {
  return sessions.reduce((atMs, session) => {
    const joinMs = 'joinMs' in session ? session.joinMs : atMs + session.awayMs;
    const { leave } = session;
    if (leave === null) return joinMs;
    return leave.from === 'completion' ? joinMs + leave.afterMs : Math.max(joinMs, leave.afterMs);
  }, 0);
}

/** How often it leaves without its chunks. */
function timesLost({ sessions }: Plan['peers'][number]): number {
  return sessions.filter(({ leave }) => leave?.keepChunks === false).length;
}

/** Otherwise each may be connected to the slowest alone. */
function mayAllConnect({ peers }: Plan): boolean {
  return peers.every((peer) => peer.protocol === 'spec' || peer.policy.maxConnections >= peers.length - 1);
}

function slowestUplink({ peers }: Plan): number | undefined {
  const rates = peers.flatMap(({ link }) => link.upBytesPerSec ?? []);
  return rates.length === 0 ? undefined : Math.min(...rates);
}

function boundPeer(
  { link, sessions, holds, mustComplete }: Plan['peers'][number],
  total: number,
  slowestBytesPerSec?: number,
): BoundPeer {
  const held = new ChunkSet(total);
  for (let index = 1; index <= total; index++) {
    if (holds.kind === 'all' || (holds.kind === 'chunks' && holds.indices.includes(index))) held.add(index);
  }
  // Who leaves for good may do so before it has given anything.
  const staysAtLast = sessions.at(-1)!.leave === null;
  return {
    upBytesPerSec: staysAtLast ? (slowestBytesPerSec ?? link.upBytesPerSec) : 0,
    downBytesPerSec: link.downBytesPerSec,
    joinMs: sessions[0].joinMs,
    held,
    mustComplete: mustComplete !== false,
  };
}
