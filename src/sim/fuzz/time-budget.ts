/** By when a swarm that can complete must have, in virtual time. */
import { ChunkSet } from '../../core/chunk-set.ts';
import { LocalProtocolError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import { fluidBound, type BoundPeer } from '../analyse/bounds.ts';
import { chunkBytesOf } from '../content/planned-content.ts';
import type { Plan, PlannedFault, PlannedPeer } from '../plan/plan.ts';

/** Once for the first time that a peer completes, and again for each time that it comes back without its chunks: … */
const BOUND_MAX = 6;
/** …and so many round trips between the two farthest peers, of which the spec protocol needs two for each chunk… */
const ROUND_TRIPS_MAX = 20;
const ROUND_TRIPS_A_CHUNK_MAX = 3;
/** …more for each pair of peers where not all can be connected, since they try each other one after another… */
const ROUND_TRIPS_A_PAIR_MAX = 4;
/**
 * …and, where anybody speaks the spec protocol, what it takes to learn how long a holder that serves all others too
 * needs for a segment: who waits less begins from nothing again, and waits twice as long…
 */
const SPEC_TURNS_MAX = 4;
const SEGMENT_BYTES = 1460;
/** …and fixed pauses: ticks, polls, retries with a back-off of up to a minute. */
const FIXED_MS = 120_000;
/** After a fault peers find each other and the tracker again within so many times its length. */
const FAULT_MAX = 2;

/** Counts from the last planned join, leave or end of a fault. */
export function timeBudgetMs(plan: Plan): number {
  const { peers } = plan;
  const chunkBytes = chunkBytesOf(plan.content);
  const pairs = mayAllConnect(plan) ? 0 : (peers.length * (peers.length - 1)) / 2;
  const slowest = pairs === 0 ? undefined : slowestUplink(plan);
  const boundPeers = peers.map((peer) => boundPeer(peer, chunkBytes.length, slowest));
  const boundMs = fluidBound({ chunkBytes, peers: boundPeers }).ms;
  const plannedMs = Math.max(...peers.map(lastJoinMs), ...plan.faults.map(endMs));
  const addedMs = plan.faults.map(({ effect }) => (effect.kind === 'latency-spike' ? effect.addMs : 0));
  const [far = 0, second = 0] = peers.map(({ link }) => delayMaxMs(link)).toSorted((a, b) => b - a);
  const roundTripMs = 2 * (far + second + 2 * Math.max(0, ...addedMs));
  const roundTrips =
    ROUND_TRIPS_MAX + ROUND_TRIPS_A_CHUNK_MAX * chunkBytes.length + ROUND_TRIPS_A_PAIR_MAX * pairs;
  const times = 1 + Math.max(...peers.map(timesLost)) + plan.faults.filter(losesChunks).length;
  const faultsMs = FAULT_MAX * plan.faults.reduce((sum, { forMs }) => sum + (forMs ?? 0), 0);
  const turnsMs = SPEC_TURNS_MAX * specTurnMs(plan);
  return plannedMs + faultsMs + turnsMs + times * (BOUND_MAX * boundMs + roundTrips * roundTripMs + FIXED_MS);
}

function endMs({ when, forMs, again, effect }: PlannedFault): number {
  if (when.kind !== 'time') throw new LocalProtocolError('a fault of a drawn scenario has its time');
  const backMs = effect.kind === 'crash' ? (effect.returnAfterMs ?? 0) : 0;
  return when.atMs + (again === null ? 0 : again.everyMs * again.times) + (forMs ?? 0) + backMs;
}

function losesChunks({ effect }: PlannedFault): boolean {
  return effect.kind === 'crash' && !effect.keepChunks;
}

/** One way, with the jitter that is drawn here: a uniform one. */
function delayMaxMs({ latencyMs, jitterMs }: PlannedPeer['link']): number {
  return latencyMs + (jitterMs?.kind === 'uniform' ? jitterMs.max : 0);
}

/** An upper bound of the time by which its last stay begins, apart from the time until it is complete. */
function lastJoinMs({ sessions }: PlannedPeer): number {
  return sessions.reduce((atMs, session) => {
    const joinMs = 'joinMs' in session ? session.joinMs : atMs + session.awayMs;
    const { leave } = session;
    if (leave === null) return joinMs;
    return leave.from === 'completion' ? joinMs + leave.afterMs : Math.max(joinMs, leave.afterMs);
  }, 0);
}

/** How often it leaves without its chunks. */
function timesLost({ sessions }: PlannedPeer): number {
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

/** How long the slowest holder needs for a segment to everybody; 0 if nobody speaks the spec protocol. */
function specTurnMs(plan: Plan): number {
  const bytesPerSec = slowestUplink(plan);
  if (bytesPerSec === undefined || plan.peers.every(({ protocol }) => protocol === 'swarm')) return 0;
  return (SEGMENT_BYTES * plan.peers.length * SECOND_MS) / bytesPerSec;
}

function boundPeer(
  { link, sessions, holds, mustComplete }: PlannedPeer,
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
