/**
 * Lower bounds on the makespan, without latency. Sources: Kurose & Ross, Computer Networking, ch. 2, and
 * Kumar & Ross 2006 (client-server and fluid bound); Mundinger, Weber & Weiss, J. Scheduling 11 (2008)
 * (store and forward).
 *
 * They are generalised so that no run can beat them: a peer counts as present from its first join to the end,
 * whatever it did afterwards; a peer that need not complete adds capacity but no demand; null rates are no limit.
 */
import type { ChunkSet } from '../../core/chunk-set.ts';
import { everyCopyMs, oneCopyMs, type RegionRates } from './region-bounds.ts';

export interface BoundPeer {
  /** null: not limited. */
  readonly upBytesPerSec: number | null;
  readonly downBytesPerSec: number | null;
  /** First join, from the start of the distribution. */
  readonly joinMs: number;
  /** What it holds when it first joins. */
  readonly held: ChunkSet;
  readonly mustComplete: boolean;
  /** Of `Swarm.regions`. Default null: nowhere in particular. */
  readonly region?: string | null;
}

export interface Swarm {
  /** Size of chunk i at [i-1]. */
  readonly chunkBytes: readonly number[];
  readonly peers: readonly BoundPeer[];
  /** What regions can send each other. Default null: no limits. */
  readonly regions?: RegionRates | null;
}

export type BoundTerm = 'late-join' | 'seeder-uplink' | 'downlink' | 'total-uplink' | 'between-regions';

export interface FluidBound {
  /** 0 when nothing limits; Infinity when no rate or no holder can ever deliver. */
  readonly ms: number;
  /** The term that decides; null when `ms` is 0. */
  readonly limitedBy: BoundTerm | null;
  readonly terms: Readonly<Record<BoundTerm, number>>;
}

interface Uplink {
  readonly joinMs: number;
  readonly upBytesPerSec: number | null;
}

/** Above so many different sets of holders only single holders and all holders together are looked at. */
const HOLDER_SETS_MAX = 64;

/**
 * The fluid bound: the largest of five times that every run needs.
 * `late-join`: a peer that must complete, or somebody who holds a needed chunk, is not there earlier.
 * `seeder-uplink`: every needed chunk leaves its initial holders at least once.
 * `downlink`: each peer receives what it lacks after it has joined.
 * `total-uplink`: all uplinks together carry all that is lacking.
 * `between-regions`: one copy of what regions lack comes to them.
 */
export function fluidBound(swarm: Swarm): FluidBound {
  const demanding = demandingPeers(swarm);
  const sources = neededBySource(swarm);
  const terms = {
    'late-join': Math.max(0, ...demanding.map(({ peer }) => peer.joinMs), ...sources.map(firstHolderMs)),
    'seeder-uplink': sourceUplinkMs(sources),
    downlink: downlinkMs(demanding),
    'total-uplink': uploadMs(demandBytes(demanding), swarm.peers),
    'between-regions': oneCopyMs(withRegions(swarm)),
  };
  let limitedBy: BoundTerm | null = null;
  let ms = 0;
  for (const name of ['late-join', 'seeder-uplink', 'downlink', 'total-uplink', 'between-regions'] as const) {
    if (terms[name] > ms) {
      limitedBy = name;
      ms = terms[name];
    }
  }
  return { ms, limitedBy, terms };
}

/**
 * With every missing byte sent by the initial seeders: `max(Σ missing / Σ u_s, max (join_i + missing_i / d_i))`, and
 * through what lies between regions.
 * null without an initial seeder; 0 when nothing limits.
 */
export function clientServerBound(swarm: Swarm): number | null {
  const seeders = swarm.peers.filter((peer) => peer.held.complete);
  if (seeders.length === 0) return null;
  const demanding = demandingPeers(swarm);
  return Math.max(
    uploadMs(demandBytes(demanding), seeders),
    downlinkMs(demanding),
    everyCopyMs(withRegions(swarm)),
  );
}

function withRegions({ chunkBytes, peers, regions = null }: Swarm) {
  return { chunkBytes, regions, peers: peers.map((peer) => ({ ...peer, region: peer.region ?? null })) };
}

/**
 * `(M + floor(log2 N)) · c / u`: M chunks of c bytes, N empty leechers that must complete, all uplinks u. A
 * shorter last chunk is left out, which keeps the bound a lower one. null where it does not hold: not exactly
 * one initial seeder, a leecher that holds something, uplinks that differ or are unlimited, unequal chunks.
 */
export function storeAndForwardBound(swarm: Swarm): number | null {
  const { peers, chunkBytes } = swarm;
  const rate = peers[0]?.upBytesPerSec ?? null;
  const chunk = chunkBytes[0] ?? 0;
  const leechers = peers.filter((peer) => !peer.held.complete);
  const demanding = leechers.filter((peer) => peer.mustComplete).length;
  const equalRates = rate !== null && rate > 0 && peers.every((peer) => peer.upBytesPerSec === rate);
  const equalChunks = chunk > 0 && chunkBytes.slice(0, -1).every((bytes) => bytes === chunk);
  const emptyLeechers = leechers.every((peer) => peer.held.size === 0);
  if (!equalRates || !equalChunks || !emptyLeechers || demanding === 0) return null;
  if (peers.length - leechers.length !== 1 || chunkBytes.at(-1)! > chunk) return null;
  const wholeChunks = chunkBytes.filter((bytes) => bytes === chunk).length;
  return ((wholeChunks + Math.floor(Math.log2(demanding))) * chunk * 1000) / rate;
}

/** The earliest time by which the uplinks, each busy from its join on, have carried the bytes. */
export function uploadMs(bytes: number, uplinks: readonly Uplink[]): number {
  if (bytes <= 0) return 0;
  let nowMs = 0;
  let carried = 0;
  let bytesPerMs = 0;
  for (const uplink of uplinks.toSorted((a, b) => a.joinMs - b.joinMs)) {
    const doneMs = bytesPerMs > 0 ? nowMs + (bytes - carried) / bytesPerMs : Infinity;
    if (doneMs <= uplink.joinMs) return doneMs;
    carried += bytesPerMs * (uplink.joinMs - nowMs);
    nowMs = uplink.joinMs;
    if (uplink.upBytesPerSec === null) return nowMs;
    bytesPerMs += uplink.upBytesPerSec / 1000;
  }
  return bytesPerMs > 0 ? nowMs + (bytes - carried) / bytesPerMs : Infinity;
}

interface Demand {
  readonly peer: BoundPeer;
  readonly missingBytes: number;
}

function demandingPeers({ chunkBytes, peers }: Swarm): Demand[] {
  return peers
    .filter((peer) => peer.mustComplete && !peer.held.complete)
    .map((peer) => ({
      peer,
      missingBytes: chunkBytes.reduce((sum, bytes, i) => sum + (peer.held.has(i + 1) ? 0 : bytes), 0),
    }));
}

function demandBytes(demanding: readonly Demand[]): number {
  return demanding.reduce((sum, { missingBytes }) => sum + missingBytes, 0);
}

function downlinkMs(demanding: readonly Demand[]): number {
  const times = demanding.map(({ peer, missingBytes }) =>
    peer.downBytesPerSec === null || missingBytes === 0
      ? peer.joinMs
      : peer.joinMs + (missingBytes * 1000) / peer.downBytesPerSec,
  );
  return Math.max(0, ...times);
}

/** Chunks that somebody must still get and that have the same initial holders. */
interface Source {
  readonly holders: readonly BoundPeer[];
  readonly bytes: number;
}

function neededBySource({ chunkBytes, peers }: Swarm): Source[] {
  const demanding = peers.filter((peer) => peer.mustComplete && !peer.held.complete);
  const holding = peers.filter((peer) => peer.held.size > 0);
  const sources = new Map<string, { holders: BoundPeer[]; bytes: number }>();
  chunkBytes.forEach((bytes, i) => {
    if (demanding.every((peer) => peer.held.has(i + 1))) return;
    const positions = [...holding.keys()].filter((position) => holding[position]!.held.has(i + 1));
    const key = positions.join();
    const source = sources.get(key) ?? { holders: positions.map((position) => holding[position]!), bytes: 0 };
    source.bytes += bytes;
    sources.set(key, source);
  });
  return [...sources.values()];
}

function firstHolderMs(source: Source): number {
  return Math.min(Infinity, ...source.holders.map((peer) => peer.joinMs));
}

/**
 * For any set of peers: the chunks that only they hold must leave them at least once. Every set is tried where few
 * peers hold anything, else those that occur as the holders of a chunk, and all holders; each gives a valid bound.
 */
function sourceUplinkMs(sources: readonly Source[]): number {
  const everybody = [...new Set(sources.flatMap(({ holders }) => holders))];
  const times = [everybody, ...holderSets(everybody, sources)].map((set) => {
    const members = new Set(set);
    const only = sources.filter(({ holders }) => holders.every((peer) => members.has(peer)));
    return uploadMs(
      only.reduce((sum, { bytes }) => sum + bytes, 0),
      set,
    );
  });
  return Math.max(0, ...times);
}

/** Every set of them where these are few; else those that occur as the holders of a chunk. */
function holderSets(
  everybody: readonly BoundPeer[],
  sources: readonly Source[],
): readonly (readonly BoundPeer[])[] {
  if (2 ** everybody.length <= HOLDER_SETS_MAX) {
    const numbers = Array.from({ length: 2 ** everybody.length - 1 }, (_, at) => at + 1);
    return numbers.map((bits) => everybody.filter((_, at) => (bits >> at) % 2 === 1));
  }
  const occurring = sources.map(({ holders }) => holders);
  return occurring.length <= HOLDER_SETS_MAX ? occurring : occurring.filter(({ length }) => length === 1);
}
