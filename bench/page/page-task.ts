import type { PageSize } from './cases.ts';

/** What a process of its own is to do. */
export interface PageTask {
  readonly size: PageSize;
  readonly seed: string;
  /** `run`: a run in virtual time; `made-up`: events as of one. */
  readonly of: 'run' | 'made-up';
  /** Where the page goes. */
  readonly file: string;
  /** The browser's code of the pages. */
  readonly script: string;
}

export interface PageSample {
  /** Processor time of the run with its measurement; 0 of one that is made up. */
  readonly runMs: number;
  /** Processor time of what the page needs: seeing all events, making it and writing it. */
  readonly pageMs: number;
  readonly pageBytes: number;
}
