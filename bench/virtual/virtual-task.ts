import type { VirtualSize } from './cases.ts';

/** What a process of its own is to run, in which nothing else has been compiled or allocated. */
export interface VirtualTask {
  readonly size: VirtualSize;
  readonly seed: string;
  /** `turns`: the links of the threads engine; `fluid`: the virtual engine, as a user starts it. */
  readonly links: 'turns' | 'fluid';
  /** The run is cut off after so long, in real time; absent: never. */
  readonly cutMs?: number;
}

export interface VirtualSample {
  /** Of all threads of the process, while the swarm ran. */
  readonly processorMs: number;
  /** The most that the process held. */
  readonly memoryBytes: number;
  /** Chunks that came to peers, of as many as were to come. */
  readonly delivered: number;
  readonly deliveries: number;
  /** All came, or the run was cut off. */
  readonly complete: boolean;
}
