/** How long it takes at least, by latencies and rates, until something comes to a peer. */
import { SECOND_MS } from '../../core/units.ts';
import type { Plan, PlannedLink, PlannedPeer } from '../plan/plan.ts';

/** One-way delays until the tracker's first answer is here: connecting, the request behind it, and the answer. */
const TRACKER_DELAYS = 4;
/**
 * One-way delays from then until a chunk's first byte is here. By the swarm protocol connecting, the handshakes with the
 * unchoke behind them, and request and answer; by the spec protocol the request goes with the connecting.
 */
const HOLDER_DELAYS = { swarm: 6, spec: 4 } as const;

type Swarm = Pick<Plan, 'peers' | 'regions' | 'content'>;

/**
 * The least time from a peer's join to its first whole chunk, in ms: round trips to the tracker and to the nearest
 * other peer, then the smallest chunk at the peer's downlink and the best uplink. Faults are left out.
 */
export function firstChunkMs({ peers, regions, content }: Swarm, peer: PlannedPeer): number {
  const others = peers.filter(({ name }) => name !== peer.name);
  const ownMs = leastLatencyMs(peer.link);
  const nearestMs = others.reduce((least, other) => {
    const delayMs = ownMs + leastLatencyMs(other.link) + regionDelayMs(regions, peer.link, other.link);
    return Math.min(least, delayMs);
  }, Infinity);
  if (nearestMs === Infinity) return Infinity;
  const upBytesPerSec = Math.max(...others.map(({ link }) => mostRate(link, 'upBytesPerSec')));
  const bytesPerSec = Math.min(upBytesPerSec, mostRate(peer.link, 'downBytesPerSec'));
  const delaysMs = TRACKER_DELAYS * ownMs + HOLDER_DELAYS[peer.protocol] * nearestMs;
  return delaysMs + (leastChunkBytes(content) * SECOND_MS) / bytesPerSec;
}

/**
 * How long a run may be silent although something is under way, in ms: a round trip between the two farthest peers, and
 * a block at the slowest downlink.
 */
export function longestQuietMs({ peers, regions }: Pick<Plan, 'peers' | 'regions'>): number {
  const latencies = peers.map(({ link }) =>
    Math.max(link.latencyMs, ...link.changes.map(({ latencyMs = 0 }) => latencyMs)),
  );
  const delayMs = 2 * Math.max(...latencies) + Math.max(0, ...(regions?.delayMs.flat() ?? []));
  const slowest = Math.min(...peers.map(({ link }) => leastDownlink(link)));
  return QUIET_MS + 2 * delayMs + (BLOCK_BYTES * SECOND_MS) / slowest;
}

/** On a link without delay or limit. */
const QUIET_MS = 2000;
/** What comes at a time on the slowest link. */
const BLOCK_BYTES = 1500;

function leastLatencyMs({ latencyMs, changes }: PlannedLink): number {
  return Math.min(latencyMs, ...changes.map((change) => change.latencyMs ?? latencyMs));
}

function regionDelayMs(regions: Plan['regions'], from: PlannedLink, to: PlannedLink): number {
  if (regions === null || from.region === null || to.region === null) return 0;
  return regions.delayMs[regions.names.indexOf(from.region)]?.[regions.names.indexOf(to.region)] ?? 0;
}

function mostRate(link: PlannedLink, key: 'upBytesPerSec' | 'downBytesPerSec'): number {
  return Math.max(link[key] ?? Infinity, ...link.changes.map((change) => change[key] ?? 0));
}

function leastDownlink({ downBytesPerSec, changes }: PlannedLink): number {
  return Math.min(
    downBytesPerSec ?? Infinity,
    ...changes.map((change) => change.downBytesPerSec ?? Infinity),
  );
}

/** Chunks of 0 bytes are none. */
function leastChunkBytes(content: Plan['content']): number {
  if (content.kind === 'folders') return Math.min(...content.chunkBytes.filter((bytes) => bytes > 0));
  const { totalBytes, totalChunks, chunkBytes } = content;
  return Math.min(chunkBytes, totalBytes - (totalChunks - 1) * chunkBytes);
}
