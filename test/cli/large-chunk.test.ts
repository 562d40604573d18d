import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIB } from '../../src/core/units.ts';
import type { RunningProgram } from '../support/programs.ts';
import { Stage } from './stage.ts';

/** A multiple of what a program may use, so that one which kept the chunk could not pass. */
const CHUNK_BYTES = 768 * MIB;
const RESIDENT_MAX_BYTES = 200 * MIB;

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
});
afterEach(() => stage.close());

/** The most that a living process has had in memory at a time, as Linux counts it. */
function peakResidentBytes({ pid }: RunningProgram): number {
  const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kib) * 1024;
}

function makeSparseChunk(name: string): string {
  const folder = join(stage.folder, name);
  mkdirSync(folder);
  const file = openSync(join(folder, 'chunk_1'), 'w');
  ftruncateSync(file, CHUNK_BYTES);
  closeSync(file);
  writeFileSync(join(folder, 'local_chunks.txt'), '1,chunk_1\n1,LASTCHUNK\n');
  return folder;
}

describe.runIf(process.platform === 'linux')('a chunk larger than the memory that a program may use', () => {
  for (const protocol of ['spec', 'swarm']) {
    it(`passes through sender and receiver by the ${protocol} protocol, each below 200 MiB`, async () => {
      const { port } = await stage.tracker();
      makeSparseChunk('full');
      stage.makeFolder('empty', 1, new Map());
      const sender = stage.client('sender', 'full', port, '-protocol', protocol);
      const receiver = stage.client('receiver', 'empty', port, '-protocol', protocol);
      await receiver.says(/complete/);
      expect(statSync(join(stage.folder, 'empty', 'chunk_1')).size).toBe(CHUNK_BYTES);
      for (const program of [sender, receiver]) {
        expect(peakResidentBytes(program)).toBeLessThan(RESIDENT_MAX_BYTES);
      }
    });
  }
});
