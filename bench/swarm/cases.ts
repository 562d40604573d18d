/** The whole-swarm benchmarks, in full and in small. */
import { MIB, KIB } from '../../src/core/units.ts';
import { formatBytes } from '../../src/sim/units/format.ts';

export interface ThroughputCase {
  readonly kind: 'throughput';
  readonly name: string;
  readonly leechers: number;
  readonly fileBytes: number;
  readonly chunkBytes: number;
}

/** Time until every worker stands at the barrier, its folder open. */
export interface StartUpCase {
  readonly kind: 'start-up';
  readonly name: string;
  readonly workers: number;
  readonly goalMs: number | null;
}

/** Makespan of the classic folders on links without limits. */
export interface ClassicCase {
  readonly kind: 'classic';
  readonly name: string;
  readonly protocol: 'spec' | 'swarm';
  readonly goalMs: number | null;
}

export type SwarmCase = ThroughputCase | StartUpCase | ClassicCase;

const CHUNK_BYTES = 256 * KIB;

function throughput(leechers: number, fileBytes: number): ThroughputCase {
  const who = leechers === 1 ? '1 leecher' : `${leechers} leechers`;
  const what = `${formatBytes(fileBytes)} in chunks of ${formatBytes(CHUNK_BYTES)}`;
  return {
    kind: 'throughput',
    name: `swarm: 1 seeder, ${who}, ${what}`,
    leechers,
    fileBytes,
    chunkBytes: CHUNK_BYTES,
  };
}

function startUp(workers: number, goalMs: number | null): StartUpCase {
  return { kind: 'start-up', name: `start-up: ${workers} workers`, workers, goalMs };
}

const CLASSIC: readonly ClassicCase[] = [
  { kind: 'classic', name: 'classic folders: swarm protocol', protocol: 'swarm', goalMs: null },
  { kind: 'classic', name: 'classic folders: spec protocol', protocol: 'spec', goalMs: 1000 },
];

export const swarmCases: Readonly<Record<'full' | 'smoke', readonly SwarmCase[]>> = {
  full: [
    throughput(8, 256 * MIB),
    throughput(1, 16 * MIB),
    throughput(32, 16 * MIB),
    startUp(100, null),
    startUp(500, 15_000),
    ...CLASSIC,
  ],
  smoke: [throughput(8, 4 * MIB), throughput(1, MIB), throughput(32, MIB), startUp(8, null), ...CLASSIC],
};
