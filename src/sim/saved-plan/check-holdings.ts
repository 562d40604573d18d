/** Whether the chunks of a saved plan, which may have been changed since, are enough for everybody to complete. */
import { SwarmError } from '../../core/errors.ts';
import { lackAtStart } from '../expand/holdings.ts';
import type { Plan } from '../plan/plan.ts';
import type { FolderReader } from '../scenario/resolve/chunk-folder.ts';
import { nameChunks } from '../units/name-chunks.ts';
import type { Mistake } from './check-comparisons.ts';

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
    mistake(['peers'], `no peer holds ${named} at the start`, 'let a peer hold what is missing');
  else {
    const message = `${named} can never spread: ${lack.needed} holders must agree, and fewer peers hold them`;
    mistake(['tracker', 'agreement'], message, 'lower it, or let more peers hold these chunks');
  }
}
