/** Whether the chunks that are there at the start are enough for everybody to complete. */
import { SwarmError } from '../../core/errors.ts';
import type { FolderReader } from '../scenario/resolve/chunk-folder.ts';
import type { Mistake } from '../plan/check-comparisons.ts';
import { nameChunks } from './name-chunks.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';

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

/** Of a plan that was saved, and may have been changed since. */
export function checkHoldings(
  { content, tracker, peers }: Pick<Plan, 'content' | 'tracker' | 'peers'>,
  readFolder: FolderReader,
  mistake: Mistake,
): void {
  const folders = content.kind === 'folders' ? content.folders : [];
  const read = folders.map((folder, at): readonly number[] | undefined => {
    try {
      return [...readFolder(folder).chunks.keys()].filter((chunk) => chunk <= content.totalChunks);
    } catch (error) {
      if (!(error instanceof SwarmError)) throw error;
      mistake(['content', 'folders', at], error.message);
      return undefined;
    }
  });
  if (read.includes(undefined)) return;
  const lack = lackAtStart({
    totalChunks: content.totalChunks,
    agreement: tracker.agreement,
    holdings: peers.map(({ holds }) => holds),
    chunksOf: (folder) => read[folder]!,
  });
  if (lack === undefined) return;
  const named = nameChunks(lack.chunks);
  if (lack.needed === 1)
    mistake(['peers'], `nobody holds ${named} at the start`, 'let a peer hold what is missing');
  else {
    const message = `${named} can never spread: fewer than ${lack.needed} peers hold them, and so many must agree`;
    mistake(['tracker', 'agreement'], message, 'lower it, or let more peers hold these chunks');
  }
}
