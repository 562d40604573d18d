import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../../test/support/folder-of-test.ts';
import { ConfigError, StoreError, SwarmError } from '../../errors.ts';
import { seededRandom } from '../../random.ts';
import { FolderStore } from '../store/folder-store.ts';
import { dealer } from './deal-chunks.ts';
import { joinFolder } from './join.ts';
import { splitFile } from './split.ts';
import type { SplitOptions } from './split.ts';

let place: string;
let file: string;
let out: string;

beforeEach(() => {
  place = folderOfTest('split-join-');
  file = join(place, 'original');
  out = join(place, 'out');
});

const usual: Omit<SplitOptions, 'file' | 'out'> = { chunkBytes: 10, peers: 3, overlap: 2, seed: '1' };
const split = (options: Partial<SplitOptions> = {}) => splitFile({ ...usual, file, out, ...options });

/** A complete folder, made of what the folders hold together. */
function unite(peers: number): string {
  const whole = join(out, 'whole');
  const lines = new Set<string>();
  for (let peer = 1; peer <= peers; peer++) {
    cpSync(join(out, `folder${peer}`), whole, { recursive: true });
    const list = readFileSync(join(out, `folder${peer}`, 'local_chunks.txt'), 'utf8');
    for (const line of list.trimEnd().split('\n')) lines.add(line);
  }
  const sorted = [...lines].sort((a, b) => Number(a.endsWith('LASTCHUNK')) - Number(b.endsWith('LASTCHUNK')));
  writeFileSync(join(whole, 'local_chunks.txt'), sorted.join('\n'));
  return whole;
}

describe('split and join', () => {
  it('give back the identical file for any content, chunk size, number of peers and overlap', async () => {
    const cases = fc
      .record({
        content: fc.uint8Array({ minLength: 1, maxLength: 200 }),
        chunkBytes: fc.integer({ min: 1, max: 250 }),
        peers: fc.integer({ min: 1, max: 6 }),
        seed: fc.string(),
      })
      .chain((rest) =>
        fc.record({
          ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, fc.constant(value)])),
          overlap: fc.oneof(fc.integer({ min: 1, max: rest.peers }), fc.constant('seeder' as const)),
        }),
      ) as fc.Arbitrary<
      Pick<SplitOptions, 'chunkBytes' | 'peers' | 'overlap' | 'seed'> & { content: Uint8Array }
    >;
    await fc.assert(
      fc.asyncProperty(cases, async ({ content, ...options }) => {
        rmSync(out, { recursive: true, force: true });
        writeFileSync(file, content);
        const record = await split(options);
        const holders = new Array<number>(record.totalChunks).fill(0);
        for (const { name, chunks } of record.folders) {
          const store = await FolderStore.open(join(out, name));
          expect(store.totalChunks).toBe(record.totalChunks);
          expect(store.heldIndices()).toHaveLength(chunks);
          for (const index of store.heldIndices()) holders[index - 1]!++;
          store.close();
        }
        const copies = options.overlap === 'seeder' ? 1 : options.overlap;
        expect(new Set(holders)).toEqual(new Set([copies]));
        const sizes = record.folders.map(({ chunks }) => chunks);
        if (options.overlap === 'seeder') expect(sizes[0]).toBe(record.totalChunks);
        else expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);

        const joined = join(place, 'joined');
        const sha256 = createHash('sha256').update(content).digest('hex');
        expect(await joinFolder({ folder: unite(options.peers), file: joined, force: true })).toEqual({
          state: 'joined',
          bytes: content.length,
          sha256,
          checkedBy: 'nothing',
          unlisted: [],
        });
        expect(record.sha256).toBe(sha256);
        expect(Buffer.compare(readFileSync(joined), content)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});

describe('split', () => {
  it('makes the same folders for the same seed and others for another', async () => {
    writeFileSync(file, 'x'.repeat(500));
    const held = async (seed: string) => {
      rmSync(out, { recursive: true, force: true });
      await split({ seed, peers: 5 });
      return [1, 2, 3, 4, 5].map((n) => readFileSync(join(out, `folder${n}`, 'local_chunks.txt'), 'utf8'));
    };
    const first = await held('a');
    expect(await held('a')).toEqual(first);
    expect(await held('b')).not.toEqual(first);
  });

  it('refuses an empty file, whose one chunk nobody could fetch by the plain text, and makes nothing', async () => {
    writeFileSync(file, '');
    await expect(split()).rejects.toThrow(
      new ConfigError(
        `${file} is empty and cannot be split: in the spec protocol an empty chunk looks like a missing one`,
      ),
    );
    expect(existsSync(out)).toBe(false);
  });

  it('cuts chunks larger than its buffer', async () => {
    const content = Buffer.alloc(5_000_001, 'not a round number');
    writeFileSync(file, content);
    await split({ chunkBytes: 2_500_000, peers: 1, overlap: 1 });
    const result = await joinFolder({ folder: join(out, 'folder1'), file: join(place, 'joined') });
    expect(result).toMatchObject({ state: 'joined', checkedBy: 'split.json' });
    expect(Buffer.compare(readFileSync(join(place, 'joined')), content)).toBe(0);
  });

  it('notes the SHA-1 of each chunk, as the hashed edition tells it', async () => {
    writeFileSync(file, 'x'.repeat(15));
    const { chunkSha1 } = await split();
    const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');
    expect(chunkSha1).toEqual([sha1('x'.repeat(10)), sha1('x'.repeat(5))]);
    expect(JSON.parse(readFileSync(join(out, 'split.json'), 'utf8'))).toMatchObject({ chunkSha1 });
  });

  it('refuses a named pipe at once, rather than wait for somebody who writes into it', async () => {
    execFileSync('mkfifo', [file]);
    await expect(split()).rejects.toThrow(
      new StoreError(`cannot open ${file}: it is a named pipe, not a regular file`),
    );
    expect(existsSync(out)).toBe(false);
  });

  it('leaves a folder that is not empty alone', async () => {
    writeFileSync(file, 'x');
    mkdirSync(out);
    writeFileSync(join(out, 'mine'), '');
    await expect(split()).rejects.toThrow(
      new ConfigError(`${out} is not empty (mine is in it); name a new folder or empty it`),
    );
    expect(readdirSync(out)).toEqual(['mine']);
  });

  it('clears what a killed split left', async () => {
    writeFileSync(file, 'x');
    mkdirSync(join(out, `.split.${2 ** 30}.part`, 'folder1'), { recursive: true });
    await split({ peers: 2 });
    expect(readdirSync(out).sort()).toEqual(['folder1', 'folder2', 'split.json']);
  });

  it('leaves nothing when it is stopped', async () => {
    writeFileSync(file, Buffer.alloc(100));
    const stop = new AbortController();
    const options = {
      signal: stop.signal,
      onProgress: () => stop.abort(new SwarmError('INTERRUPTED', 'stopped')),
    };
    await expect(split(options)).rejects.toThrow('stopped');
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [{ overlap: 4 }, ConfigError, 'the overlap is 4, but it must be from 1 to the number of peers (3)'],
    [{ overlap: 0 }, ConfigError, 'the overlap is 0, but it must be from 1 to the number of peers (3)'],
    [{ chunkBytes: 0 }, ConfigError, 'a chunk size of 0 bytes'],
    [{ peers: 0 }, ConfigError, '0 peers'],
    [{ file: tmpdir() }, StoreError, 'it is a folder, not a regular file'],
    [{ file: '/dev/null' }, StoreError, 'it is a device, not a regular file'],
    [{ file: join(tmpdir(), 'no such file') }, StoreError, 'no such file: it does not exist'],
  ])('refuses %j without making a folder', async (options, kind, message) => {
    writeFileSync(file, 'x');
    await expect(split(options)).rejects.toThrow(kind);
    await expect(split(options)).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });
});

describe('join', () => {
  it('writes nothing for an incomplete folder and lists what it lacks', async () => {
    writeFileSync(file, 'x'.repeat(60));
    await split({ overlap: 'seeder' });
    expect(await joinFolder({ folder: join(out, 'folder2'), file: join(place, 'joined') })).toEqual({
      state: 'incomplete',
      totalChunks: 6,
      missing: [1, 2, 3, 4, 5, 6],
      misfits: [],
      usualBytes: undefined,
    });
    expect(readdirSync(place).sort()).toEqual(['original', 'out']);
  });

  it('keeps nothing when the content is not what was split, or not what was asked for', async () => {
    writeFileSync(file, 'x'.repeat(60));
    await split({ overlap: 'seeder' });
    const folder = join(out, 'folder1');
    const wanted = { folder, file: join(place, 'joined') };
    expect(await joinFolder({ ...wanted, sha256: 'ab'.repeat(32) })).toMatchObject({ state: 'different' });
    writeFileSync(join(folder, 'chunk_3'), 'y'.repeat(10));
    expect(await joinFolder(wanted)).toMatchObject({ state: 'different' });
    expect(readdirSync(place).sort()).toEqual(['original', 'out']);
  });

  it('tells which chunks are spoilt, also when the SHA-256 is given', async () => {
    writeFileSync(file, 'x'.repeat(60));
    const { sha256 } = await split({ overlap: 'seeder' });
    const folder = join(out, 'folder1');
    const wanted = { folder, file: join(place, 'joined') };
    writeFileSync(join(folder, 'chunk_3'), 'y'.repeat(10));
    writeFileSync(join(folder, 'chunk_5'), 'x');
    expect(await joinFolder(wanted)).toMatchObject({ state: 'different', spoilt: [3, 5] });
    expect(await joinFolder({ ...wanted, sha256 })).toMatchObject({ state: 'different', spoilt: [3, 5] });
    expect(await joinFolder({ ...wanted, sha256: 'ab'.repeat(32) })).toMatchObject({ spoilt: [] });
  });

  it('checks the whole by a record of an older split, which has no hashes of chunks', async () => {
    writeFileSync(file, 'x'.repeat(60));
    const { chunkSha1, ...older } = await split({ overlap: 'seeder' });
    expect(chunkSha1).toHaveLength(6);
    writeFileSync(join(out, 'split.json'), JSON.stringify(older));
    const wanted = { folder: join(out, 'folder1'), file: join(place, 'joined') };
    writeFileSync(join(wanted.folder, 'chunk_3'), 'y'.repeat(10));
    expect(await joinFolder(wanted)).toMatchObject({ state: 'different', spoilt: [] });
  });

  it('replaces a file only when told to', async () => {
    writeFileSync(file, 'x');
    await split({ overlap: 'seeder' });
    const wanted = { folder: join(out, 'folder1'), file: join(place, 'joined') };
    writeFileSync(wanted.file, 'old');
    await expect(joinFolder(wanted)).rejects.toThrow(`${wanted.file} exists; use --force to replace it`);
    await joinFolder({ ...wanted, force: true });
    expect(readFileSync(wanted.file, 'utf8')).toBe('x');
    await expect(joinFolder({ ...wanted, file: place, force: true })).rejects.toThrow(
      'is a folder; name the file',
    );
  });

  it('names what the user gave, never a temporary file, where the result cannot be put', async () => {
    writeFileSync(file, 'x');
    await split({ overlap: 'seeder' });
    const joinTo = (target: string) => joinFolder({ folder: join(out, 'folder1'), file: target });
    const parent = join(place, 'none');
    await expect(joinTo(join(parent, 'f'))).rejects.toThrow(
      new StoreError(`cannot write ${join(parent, 'f')}: there is no folder ${parent}; make it first`),
    );
    const below = join(file, 'f');
    await expect(joinTo(below)).rejects.toThrow(
      new StoreError(`cannot write ${below}: ${file} is a file, not a folder`),
    );
    if (existsSync('/proc/self'))
      await expect(joinTo('/proc/f')).rejects.toThrow(/^cannot create \/proc\/f: /);
  });

  it('never writes into the chunk folder, not even by force', async () => {
    writeFileSync(file, 'x');
    await split({ overlap: 'seeder' });
    const folder = join(out, 'folder1');
    for (const name of ['chunk_1', 'local_chunks.txt', 'new']) {
      const joined = joinFolder({ folder, file: join(folder, name), force: true });
      await expect(joined).rejects.toThrow(/is in the chunk folder/);
    }
    expect(readFileSync(join(folder, 'chunk_1'), 'utf8')).toBe('x');
  });

  it('never writes over the record of the split, by whatever name, not even by force', async () => {
    writeFileSync(file, 'x');
    await split({ overlap: 'seeder' });
    const record = readFileSync(join(out, 'split.json'), 'utf8');
    symlinkSync('split.json', join(out, 'link'));
    for (const name of ['split.json', 'folder2/../split.json', 'link']) {
      const joined = joinFolder({ folder: join(out, 'folder1'), file: `${out}/${name}`, force: true });
      await expect(joined).rejects.toThrow(
        new ConfigError(
          `${out}/${name} is the record of the split, which join only reads; name another file`,
        ),
      );
    }
    expect(readFileSync(join(out, 'split.json'), 'utf8')).toBe(record);
  });

  it('says that a split.json is damaged rather than skip the check', async () => {
    writeFileSync(file, 'x');
    await split({ overlap: 'seeder' });
    writeFileSync(join(out, 'split.json'), '{}');
    await expect(joinFolder({ folder: join(out, 'folder1'), file: join(place, 'joined') })).rejects.toThrow(
      'split.json is damaged or was not written by split',
    );
  });
});

describe('dealer', () => {
  it('keeps the numbers of chunks of any two peers within one of each other at any moment', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(), fc.string(), (peers, some, seed) => {
        const overlap = (some % peers) + 1;
        const next = dealer(peers, overlap, seededRandom(seed));
        const held = new Array<number>(peers).fill(0);
        for (let chunk = 0; chunk < 50; chunk++) {
          const holders = next();
          expect(new Set(holders).size).toBe(overlap);
          for (const peer of holders) held[peer]!++;
          expect(Math.max(...held) - Math.min(...held)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
