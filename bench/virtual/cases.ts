/** The benchmarks of virtual time, in full, in small, and those that are large. */
import { SECOND_MS } from '../../src/core/units.ts';

export interface VirtualSize {
  /** One seeder, and leechers. */
  readonly peers: number;
  readonly chunks: number;
  /** Of each peer, at most. Default: the scenario's default. */
  readonly connections?: number;
  /** Of a chunk, to be reached. Default: `GOALS.chunkMs`. */
  readonly goalMs?: number;
}

/** Processor time of a delivered chunk at several sizes, and how it grows from the first to the last. */
export interface CostCase {
  readonly kind: 'cost';
  readonly name: string;
  readonly sizes: readonly VirtualSize[];
  /** Each is run once, and cut off after so long. Default: to the end, as often as is asked for. */
  readonly cutMs?: number;
}

/** Links that take turns, as on sockets, against those of virtual time: the same plan, side by side. */
export interface LinksCase {
  readonly kind: 'links';
  readonly name: string;
  readonly size: VirtualSize;
}

/** A shipped scenario, from the start of the program to its end. */
export interface ProgramCase {
  readonly kind: 'program';
  readonly name: string;
  readonly scenario: string;
}

/** An experiment of small runs by agents over NATS, against the same by threads of one process. */
export interface QueueCase {
  readonly kind: 'queue';
  readonly name: string;
  readonly runs: number;
  readonly agents: number;
}

export type VirtualCase = CostCase | LinksCase | ProgramCase | QueueCase;

/** To be reached. */
export const GOALS = {
  chunkMs: 0.06,
  growth: 1.5,
  linksRatio: 30,
  programMs: 1000,
  queueRatio: 1.1,
} as const;

function cost(...sizes: VirtualSize[]): CostCase {
  return { kind: 'cost', name: 'virtual time: cost of a chunk', sizes };
}

function links(size: VirtualSize): LinksCase {
  return { kind: 'links', name: 'virtual time: links that take turns / fluid links', size };
}

/** It lasts 24 s. */
const PROGRAM: ProgramCase = {
  kind: 'program',
  name: 'virtual time: the program, scenario steady-state',
  scenario: 'steady-state',
};

function queue(runs: number): QueueCase {
  return { kind: 'queue', name: 'experiment: runs over NATS / in one process', runs, agents: 2 };
}

/** Swarms that take minutes to hours, each as far as it comes in this time. */
const LARGE: CostCase = {
  kind: 'cost',
  name: 'virtual time: cost of a chunk, large',
  cutMs: 10 * 60 * SECOND_MS,
  sizes: [
    { peers: 100, chunks: 200, connections: 40 },
    { peers: 1000, chunks: 1000, connections: 40 },
    { peers: 10_000, chunks: 200, connections: 40, goalMs: 0.15 },
  ],
};

export const virtualCases: Readonly<Record<'full' | 'smoke' | 'large', readonly VirtualCase[]>> = {
  full: [
    cost({ peers: 100, chunks: 100 }, { peers: 300, chunks: 100 }, { peers: 1000, chunks: 100 }),
    links({ peers: 100, chunks: 100 }),
    PROGRAM,
    queue(1000),
  ],
  smoke: [
    cost({ peers: 5, chunks: 10 }, { peers: 10, chunks: 10 }),
    links({ peers: 5, chunks: 10 }),
    PROGRAM,
    queue(10),
  ],
  large: [LARGE],
};
