import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { StoreError } from '../../errors.ts';
import { ClientNode } from './client-node.ts';

let place: string;
let folder: string;
beforeEach(() => {
  place = folderOfTest('client-node-');
  folder = join(place, 'folder');
  mkdirSync(folder);
});
afterEach(() => {
  process.seteuid?.(process.getuid!());
});

const NOBODY = 65_534;

function open(): Promise<ClientNode> {
  return ClientNode.open(
    {
      folder,
      bind: '127.0.0.1',
      logFile: join(place, 'logs.log'),
      onLogFailure: () => undefined,
      peer: { name: 'alice', tracker: { host: 'localhost', port: 1 } },
    },
    { emit: () => undefined },
  );
}

function fill(...lines: string[]): void {
  writeFileSync(join(folder, 'local_chunks.txt'), lines.join('\n'));
  writeFileSync(join(folder, 'chunk_1'), 'content');
}

/** From now on: also for root, whom permissions do not bind. */
function makeReadOnly(): void {
  chmodSync(place, 0o777);
  chmodSync(folder, 0o555);
  if (process.getuid?.() === 0) process.seteuid?.(NOBODY);
}

describe.runIf(process.platform !== 'win32')('a folder that cannot be written', () => {
  it('is refused at the start when chunks are missing', async () => {
    fill('1,chunk_1', '3,LASTCHUNK');
    makeReadOnly();
    await expect(open()).rejects.toThrow(StoreError);
    await expect(open()).rejects.toThrow(
      `cannot write into ${folder}: permission denied, and 2 chunks are missing`,
    );
  });

  it('is served when it is complete', async () => {
    fill('1,chunk_1', '1,LASTCHUNK');
    makeReadOnly();
    const node = await open();
    node.close();
    expect(readdirSync(folder).sort()).toEqual(['chunk_1', 'local_chunks.txt']);
  });
});

it('a folder that is refused, or has been left, is locked no more', async () => {
  await expect(open()).rejects.toThrow(/has no local_chunks.txt/);
  expect(readdirSync(folder)).toEqual([]);
  fill('3,LASTCHUNK');
  const node = await open();
  expect(readdirSync(folder)).toContain('.client.lock');
  node.close();
  expect(readdirSync(folder)).not.toContain('.client.lock');
});
