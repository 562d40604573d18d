/** Whether the chunks that are there at the start are enough for everybody to complete. */
import type { PlannedPeer } from '../plan/plan.ts';

export interface Lack {
  /** In order. */
  readonly chunks: readonly number[];
  /** How many peers must hold each of them: 1, or as many as must agree on its hash. */
  readonly needed: number;
}

interface Swarm {
  readonly totalChunks: number;
  readonly agreement: number;
  readonly holdings: readonly PlannedPeer['holds'][];
  /** Of a folder of the content, by its position. */
  readonly chunksOf: (folder: number) => Iterable<number>;
}

/** Chunks that nobody holds; when there are none, those that too few hold for the tracker. `undefined`: none. */
export function lackAtStart({ totalChunks, agreement, holdings, chunksOf }: Swarm): Lack | undefined {
  const whole = holdings.filter(({ kind }) => kind === 'all').length;
  if (whole >= agreement) return undefined;
  const holders = new Array<number>(totalChunks).fill(whole);
  for (const holds of holdings) for (const chunk of partOf(holds, chunksOf)) holders[chunk - 1]!++;
  for (const needed of [1, agreement]) {
    const chunks = holders.flatMap((count, index) => (count < needed ? [index + 1] : []));
    if (chunks.length > 0) return { chunks, needed };
  }
  return undefined;
}

function partOf(holds: PlannedPeer['holds'], chunksOf: Swarm['chunksOf']): Iterable<number> {
  if (holds.kind === 'folder') return chunksOf(holds.folder);
  return holds.kind === 'chunks' ? new Set(holds.indices) : [];
}
