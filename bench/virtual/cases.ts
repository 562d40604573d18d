/** The benchmarks of virtual time, in full and in small. */

export interface VirtualSize {
  /** One seeder, and leechers. */
  readonly peers: number;
  readonly chunks: number;
}

/** Processor time of a delivered chunk at several sizes, and how it grows from the first to the last. */
export interface CostCase {
  readonly kind: 'cost';
  readonly name: string;
  readonly sizes: readonly VirtualSize[];
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

export type VirtualCase = CostCase | LinksCase | ProgramCase;

/** To be reached. */
export const GOALS = { chunkMs: 0.06, growth: 1.5, linksRatio: 30, programMs: 1000 } as const;

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

export const virtualCases: Readonly<Record<'full' | 'smoke', readonly VirtualCase[]>> = {
  full: [
    cost({ peers: 100, chunks: 100 }, { peers: 300, chunks: 100 }, { peers: 1000, chunks: 100 }),
    links({ peers: 100, chunks: 100 }),
    PROGRAM,
  ],
  smoke: [
    cost({ peers: 5, chunks: 10 }, { peers: 10, chunks: 10 }),
    links({ peers: 5, chunks: 10 }),
    PROGRAM,
  ],
};
