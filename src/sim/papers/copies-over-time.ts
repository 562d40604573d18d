/** How many peers hold each chunk, at equal steps of a run. */
import type { PaperRun } from './paper.ts';

export interface CopiesSample {
  readonly atMs: number;
  /** Of the chunk with the fewest copies, among the peers that are present. */
  readonly rarest: number;
  /** Over all chunks. */
  readonly mean: number;
}

/** From 0 to the end of the run. A peer that joins holds what the plan says: all or nothing. */
export function copiesOverTime({ result, events }: PaperRun, stepMs: number): CopiesSample[] {
  const { plan, elapsedMs, swarm } = result;
  const copies = new Array<number>(swarm.totalChunks).fill(0);
  const held = new Map(plan.peers.map(({ name }) => [name, new Set<number>()]));
  const everyChunk = copies.map((_, at) => at + 1);
  const startsFull = new Set(plan.peers.filter(({ holds }) => holds.kind === 'all').map(({ name }) => name));
  const samples: CopiesSample[] = [];
  const sampleUntil = (ms: number): void => {
    for (let atMs = samples.length * stepMs; atMs < ms; atMs += stepMs) {
      const sum = copies.reduce((total, count) => total + count, 0);
      samples.push({ atMs, rarest: Math.min(...copies), mean: sum / copies.length });
    }
  };
  for (const event of events) {
    const own = held.get(event.peer);
    if (own === undefined) continue;
    sampleUntil(event.atMs);
    if (event.type === 'peer-joined' && startsFull.has(event.peer)) everyChunk.forEach((index) => add(index));
    else if (event.type === 'chunk-received') add(event.index);
    else if (event.type === 'peer-left' || event.type === 'peer-crashed') {
      for (const index of own) copies[index - 1]!--;
      own.clear();
    }
    function add(index: number): void {
      if (own!.has(index)) return;
      own!.add(index);
      copies[index - 1]!++;
    }
  }
  sampleUntil(elapsedMs);
  return samples;
}
