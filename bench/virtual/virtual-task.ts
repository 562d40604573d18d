import type { VirtualSize } from './cases.ts';

/** What a process of its own is to run, in which nothing else has been compiled or allocated. */
export interface VirtualTask {
  readonly size: VirtualSize;
  readonly seed: string;
  /** `turns`: the links of the threads engine; `fluid`: the virtual engine, as a user starts it. */
  readonly links: 'turns' | 'fluid';
}

export interface VirtualSample {
  /** Of all threads of the process, while the swarm ran. */
  readonly processorMs: number;
  /** That the process held at the end; not the peak, in which Linux counts what its parent had. */
  readonly memoryBytes: number;
  readonly complete: boolean;
}
