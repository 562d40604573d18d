/** The benchmarks of the pages of runs, in full and in small. */

export interface PageSize {
  /** One seeder, and leechers. */
  readonly peers: number;
  readonly chunks: number;
}

/** What writing the page adds to a run in virtual time, and how long a browser takes to draw it. */
export interface WrittenCase {
  readonly kind: 'written';
  readonly name: string;
  readonly size: PageSize;
}

/** The page of a run that is made up: nobody waits for a run of so many peers. */
export interface OpenedCase {
  readonly kind: 'opened';
  readonly name: string;
  readonly size: PageSize;
  readonly goalMs: number;
}

/** How often the replay is drawn while it plays. */
export interface ReplayCase {
  readonly kind: 'replay';
  readonly name: string;
  readonly size: PageSize;
  readonly playMs: number;
}

export type PageCase = WrittenCase | OpenedCase | ReplayCase;

/** To be reached: the share of a run, ms to open the page of 1,000 peers and of 10,000, ms a frame. */
export const GOALS = { share: 0.1, openMs: 3000, openLargeMs: 8000, frameMs: 33.4 } as const;

const written = (size: PageSize): WrittenCase => ({ kind: 'written', name: 'page: of a virtual run', size });
const opened = (size: PageSize): OpenedCase => ({
  kind: 'opened',
  name: 'page: of a made-up run',
  size,
  goalMs: GOALS.openLargeMs,
});
const replay = (size: PageSize, playMs: number): ReplayCase => ({
  kind: 'replay',
  name: 'page: replay',
  size,
  playMs,
});

export const pageCases: Readonly<Record<'full' | 'smoke', readonly PageCase[]>> = {
  full: [
    written({ peers: 1000, chunks: 20 }),
    opened({ peers: 10_000, chunks: 20 }),
    replay({ peers: 200, chunks: 100 }, 4000),
  ],
  smoke: [
    written({ peers: 5, chunks: 10 }),
    opened({ peers: 100, chunks: 5 }),
    replay({ peers: 20, chunks: 10 }, 300),
  ],
};
