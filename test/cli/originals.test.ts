import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from './stage.ts';

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

const content = (index: number): Buffer => Buffer.alloc(1000, `chunk ${index} `);
const chunks = (...indices: number[]) => new Map(indices.map((index) => [index, content(index)]));
const list = (name: string): string => readFileSync(join(stage.folder, name, 'local_chunks.txt'), 'utf8');

describe('a client in an original folder', () => {
  it('puts the chunks there, leaves the list as it is, and begins anew the next time', async () => {
    writeFileSync(join(stage.folder, '.keep-lists'), '');
    stage.makeFolder('all', 3, chunks(1, 2, 3));
    stage.makeFolder('one', 3, chunks(2));
    const before = list('one');
    const { port } = await stage.tracker();
    stage.client('bob', 'all', port, '-trusted_tracker');
    for (let times = 0; times < 2; times++) {
      const alice = stage.client('alice', 'one', port, '-trusted_tracker', '-exit_when_complete');
      await alice.says(/original/);
      expect(await alice.ends()).toEqual({ code: 0, signal: null });
      expect(alice.output).toMatch(/holding 1 of 3 chunks/);
      expect(list('one')).toBe(before);
      expect(stage.hashes('one', 3)).toEqual(stage.hashes('all', 3));
    }
  });

  it('is told apart by the file beside it only: elsewhere the list grows', async () => {
    stage.makeFolder('all', 3, chunks(1, 2, 3));
    stage.makeFolder('one', 3, chunks(2));
    const { port } = await stage.tracker();
    stage.client('bob', 'all', port, '-trusted_tracker');
    const alice = stage.client('alice', 'one', port, '-trusted_tracker', '-exit_when_complete');
    expect(await alice.ends()).toEqual({ code: 0, signal: null });
    expect(stage.heldIndices('one')).toEqual([1, 2, 3]);
  });
});
