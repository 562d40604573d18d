/**
 * What the rates between regions add to the lower bounds: a cut of the network carries at least what must come to its
 * far side (Ford & Fulkerson 1956). Joins are left out, which keeps the bounds lower ones.
 */
import type { ChunkSet } from '../../core/chunk-set.ts';

/** Of more regions each is a far side by itself, not each set of them. */
const REGIONS_IN_SETS_MAX = 6;

export interface RegionPeer {
  /** null: nowhere in particular; what it sends and gets shares no rate between regions. */
  readonly region: string | null;
  readonly held: ChunkSet;
  readonly mustComplete: boolean;
}

export interface RegionRates {
  readonly names: readonly string[];
  /** From the row's region to the column's; null: no limit. Absent: no pair has one. */
  readonly capacityBytesPerSec?: readonly (readonly (number | null)[])[] | undefined;
}

interface Swarm {
  /** Size of chunk i at [i-1]. */
  readonly chunkBytes: readonly number[];
  readonly peers: readonly RegionPeer[];
  readonly regions: RegionRates | null;
}

/** By when each set of regions can have got one copy of what nobody there holds at the start, in ms. */
export function oneCopyMs(swarm: Swarm): number {
  return longestCutMs(swarm, swarm.peers, (inside) =>
    swarm.chunkBytes.reduce(
      (sum, bytes, at) => sum + (inside.some(({ held }) => held.has(at + 1)) ? 0 : bytes),
      0,
    ),
  );
}

/** By when the initial seeders can have sent to each set of regions without one all that its peers lack, in ms. */
export function everyCopyMs(swarm: Swarm): number {
  const seeders = swarm.peers.filter(({ held }) => held.complete);
  return longestCutMs(swarm, seeders, (inside) =>
    inside.some(({ held }) => held.complete)
      ? 0
      : inside.filter(mustGet).reduce((sum, { held }) => sum + lackingBytes(swarm.chunkBytes, held), 0),
  );
}

/** The longest time that any set of regions takes for what it needs, over the rates from where the senders are. */
function longestCutMs(
  { peers, regions }: Swarm,
  senders: readonly RegionPeer[],
  neededBytes: (inside: readonly RegionPeer[]) => number,
): number {
  const capacity = regions?.capacityBytesPerSec;
  if (regions === null || capacity === undefined || senders.some(({ region }) => region === null)) return 0;
  const places = (some: readonly RegionPeer[]): number[] => [
    ...new Set(
      some.filter(({ region }) => region !== null).map(({ region }) => regions.names.indexOf(region!)),
    ),
  ];
  const sources = places(senders);
  const times = setsOf(places(peers.filter(mustGet))).map((set) => {
    const rates = sources
      .filter((from) => !set.includes(from))
      .flatMap((from) => set.map((to) => capacity[from]?.[to] ?? Infinity));
    const bytesPerSec = rates.reduce((sum, rate) => sum + rate, 0);
    if (rates.length === 0 || bytesPerSec === Infinity) return 0;
    const inside = peers.filter(
      ({ region }) => region !== null && set.includes(regions.names.indexOf(region)),
    );
    return (neededBytes(inside) * 1000) / bytesPerSec;
  });
  return Math.max(0, ...times);
}

function mustGet({ mustComplete, held }: RegionPeer): boolean {
  return mustComplete && !held.complete;
}

function lackingBytes(chunkBytes: readonly number[], held: ChunkSet): number {
  return chunkBytes.reduce((sum, bytes, at) => sum + (held.has(at + 1) ? 0 : bytes), 0);
}

function setsOf(regions: readonly number[]): readonly (readonly number[])[] {
  if (regions.length > REGIONS_IN_SETS_MAX) return regions.map((region) => [region]);
  const numbers = Array.from({ length: 2 ** regions.length - 1 }, (_, at) => at + 1);
  return numbers.map((bits) => regions.filter((_, at) => (bits >> at) % 2 === 1));
}
