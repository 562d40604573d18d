import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFolder } from '../../../../test/support/empty-folder.ts';
import { FolderStore } from './folder-store.ts';

let place: string;
let program: string;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'folder-store-kill-'));
  program = join(place, 'store-writer.mjs');
  const input = fileURLToPath(new URL('../../../../test/support/store-writer.ts', import.meta.url));
  const bundle = await rolldown({ input, platform: 'node' });
  await bundle.write({ file: program, format: 'esm' });
  await bundle.close();
});

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Starts the program and kills it once it has told so many chunks. */
async function writeAndKill(folder: string, chunksTold: number): Promise<number> {
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = 0;
  child.stdout.on('data', (data: Buffer) => {
    told += data.toString().split('\n').length - 1;
    if (told >= chunksTold) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return told;
}

it('a program killed at any moment leaves a folder that opens with whole chunks only, and goes on from there', async () => {
  const folder = join(place, 'folder');
  createFolder(folder, 100_000);
  let heldBefore = 0;
  for (const chunksTold of [1, 3, 7, 12, 33, 50, 81, 120]) {
    const told = await writeAndKill(folder, chunksTold);
    const store = await FolderStore.open(folder);
    const held = store.heldIndices();
    for (const index of held) {
      expect(Buffer.compare(readFileSync(store.pathOf(index)), Buffer.alloc(16_384, index))).toBe(0);
    }
    expect(held.length).toBeGreaterThanOrEqual(heldBefore + told);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    heldBefore = held.length;
    store.close();
  }
});
