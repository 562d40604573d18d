/** A program that fills the folder of its argument with chunks until it is killed, telling each one on stdout. */
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { FolderStore } from '../../src/core/node/store/folder-store.ts';

const store = await FolderStore.open(process.argv[2]!);
for (let index = 1; index <= store.totalChunks; index++) {
  if (store.info(index) !== undefined) continue;
  const writer = store.begin(index, {});
  for (let piece = 0; piece < 8; piece++) writer.write(Buffer.alloc(2048, index));
  writer.commit();
  if (index % 5 === 0) store.flush();
  if (index % 10 === 0) await setTimeout(1);
  writeSync(1, `${index}\n`);
}
