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

/** Processor time of a byte on links of that rate, up and down, against links without limits. */
export interface ShapingCase {
  readonly kind: 'shaping';
  readonly name: string;
  readonly leechers: number;
  readonly fileBytes: number;
  readonly chunkBytes: number;
  /** null: the same without limits. */
  readonly megabits: number | null;
  /** The most that the ratio is to be. */
  readonly goal: number;
}

export type SwarmCase = ThroughputCase | StartUpCase | ClassicCase | ShapingCase;

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

function shaping(megabits: number, fileBytes: number, goal: number): ShapingCase {
  const chunkBytes = Math.min(CHUNK_BYTES, fileBytes / 8);
  return {
    kind: 'shaping',
    name: `shaping: ${megabits} Mbit/s, 4 leechers, ${formatBytes(fileBytes)}`,
    leechers: 4,
    fileBytes,
    chunkBytes,
    megabits,
    goal,
  };
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
    shaping(0.5, MIB / 2, 32),
    shaping(2, 2 * MIB, 8),
    shaping(20, 20 * MIB, 2.3),
    shaping(200, 64 * MIB, 1.3),
    startUp(100, null),
    startUp(500, 15_000),
    ...CLASSIC,
  ],
  smoke: [
    throughput(8, 4 * MIB),
    throughput(1, MIB),
    throughput(32, MIB),
    shaping(20, MIB / 2, 2.3),
    startUp(8, null),
    ...CLASSIC,
  ],
};
