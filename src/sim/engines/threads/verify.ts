import { FolderStore } from '../../../core/node/store/folder-store.ts';
import { StoreError } from '../../../core/errors.ts';
import type { FolderVerdict } from '../real-time/ground.ts';
import type { VerifyTask } from './messages.ts';

/** Reads every chunk file of each folder and compares its hash with the original's. */
export async function verifyFolders({ folders, hashes }: VerifyTask): Promise<FolderVerdict[]> {
  const verdicts: FolderVerdict[] = [];
  for (const folder of folders) verdicts.push(await verifyFolder(folder, hashes));
  return verdicts;
}

async function verifyFolder(folder: string, hashes: readonly string[]): Promise<FolderVerdict> {
  const store = await openOrUndefined(folder);
  if (store === undefined) return { heldChunks: 0, integrity: 'corrupt' };
  try {
    const held = store.heldIndices();
    const corrupt = held.some((index) => store.info(index)?.hash !== hashes[index - 1]);
    const whole = held.length === hashes.length;
    return { heldChunks: held.length, integrity: corrupt ? 'corrupt' : whole ? 'intact' : 'incomplete' };
  } finally {
    store.close();
  }
}

/** A folder that cannot even be opened any more is as wrong as one with wrong bytes. */
async function openOrUndefined(folder: string): Promise<FolderStore | undefined> {
  try {
    return await FolderStore.open(folder);
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}
