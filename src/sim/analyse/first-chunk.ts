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
 * Tells of each peer of the swarm the least time from its join to its first whole chunk, in ms: round trips to the
 * tracker and to the nearest other peer, then the smallest chunk at the peer's downlink and the best uplink. Infinity
 * for a peer that is alone. Faults are left out.
 */
export function firstChunkTimes({ peers, regions, content }: Swarm): (peer: PlannedPeer) => number {
  const latencies = new Map<string | null, TwoBest>();
  const uplinks = new TwoBest((rate, than) => rate > than);
  for (const { name, link } of peers) {
    uplinks.offer(name, mostRate(link, 'upBytesPerSec'));
    const inRegion = latencies.get(link.region) ?? new TwoBest((ms, than) => ms < than);
    inRegion.offer(name, leastLatencyMs(link));
    latencies.set(link.region, inRegion);
  }
  const chunkBytes = leastChunkBytes(content);
  return ({ name, link, protocol }) => {
    const upBytesPerSec = uplinks.bestBut(name);
    if (upBytesPerSec === undefined) return Infinity;
    const ownMs = leastLatencyMs(link);
    const delaysMs = [...latencies].map(
      ([region, inRegion]) =>
        ownMs + (inRegion.bestBut(name) ?? Infinity) + regionDelayMs(regions, link.region, region),
    );
    const bytesPerSec = Math.min(upBytesPerSec, mostRate(link, 'downBytesPerSec'));
    return (
      TRACKER_DELAYS * ownMs +
      HOLDER_DELAYS[protocol] * Math.min(...delaysMs) +
      (chunkBytes * SECOND_MS) / bytesPerSec
    );
  };
}

/** The best and the second best of what was offered: who is the best itself has the second as the best of the others. */
class TwoBest {
  readonly #isBetter: (value: number, than: number) => boolean;
  #best: readonly { readonly name: string; readonly value: number }[] = [];

  constructor(isBetter: (value: number, than: number) => boolean) {
    this.#isBetter = isBetter;
  }

  offer(name: string, value: number): void {
    const at = this.#best.findIndex((other) => this.#isBetter(value, other.value));
    this.#best = this.#best.toSpliced(at === -1 ? this.#best.length : at, 0, { name, value }).slice(0, 2);
  }

  /** Undefined if nobody else offered. */
  bestBut(name: string): number | undefined {
    return this.#best.find((other) => other.name !== name)?.value;
  }
}

/**
 * How long a run may be silent although something is under way, in ms: a round trip between the two farthest peers, and
 * a block at the slowest downlink.
 */
export function longestQuietMs({ peers, regions }: Pick<Plan, 'peers' | 'regions'>): number {
  const farthestMs = Math.max(...new Set(peers.map(({ link }) => mostLatencyMs(link))));
  const delayMs = 2 * farthestMs + Math.max(0, ...(regions?.delayMs.flat() ?? []));
  const slowest = Math.min(...new Set(peers.map(({ link }) => leastDownlink(link))));
  return QUIET_MS + 2 * delayMs + (BLOCK_BYTES * SECOND_MS) / slowest;
}

/** On a link without delay or limit. */
const QUIET_MS = 2000;
/** What comes at a time on the slowest link. */
const BLOCK_BYTES = 1500;

function leastLatencyMs({ latencyMs, changes }: PlannedLink): number {
  return Math.min(latencyMs, ...changes.map((change) => change.latencyMs ?? latencyMs));
}

function mostLatencyMs({ latencyMs, changes }: PlannedLink): number {
  return Math.max(latencyMs, ...changes.map((change) => change.latencyMs ?? 0));
}

function regionDelayMs(regions: Plan['regions'], from: string | null, to: string | null): number {
  if (regions === null || from === null || to === null) return 0;
  return regions.delayMs[regions.names.indexOf(from)]?.[regions.names.indexOf(to)] ?? 0;
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
