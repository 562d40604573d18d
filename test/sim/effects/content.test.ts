import { readFileSync, statSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { eventsOf } from '../fault-run.ts';
import { effect, runAsWritten, type EffectRun } from './effect.ts';
import { once, peerOf, receivedBy } from './observed.ts';

const generated = (content: string, seed = 1) =>
  runAsWritten(`
seed: ${seed}
content: { generate: ${content} }
peers: { seeder: { holds: all }, leecher: {} }
engine: { peers_per_worker: 2 }
`);

const small = once(() => generated('{ size: 100kB, chunk_size: 16KiB }'));

/** By which the swarm agreed on the bytes of each chunk. */
const hashes = ({ record }: EffectRun) =>
  eventsOf(record, 'chunk-announced', 'seeder').map(({ index, hash }) => `${index} ${hash!}`);

describe('content that is generated', () => {
  effect(['content', 'content.generate.size'], 'so many bytes are distributed, and no others', async () => {
    const large = await generated('{ size: 250kB, chunk_size: 16KiB }');
    expect(peerOf(await small(), 'leecher').usefulBytes).toBe(100_000);
    expect(peerOf(large, 'leecher').usefulBytes).toBe(250_000);
    expect(peerOf(large, 'seeder').uploadedBytes).toBeGreaterThanOrEqual(250_000);
    expect(peerOf(large, 'leecher').integrity).toBe('intact');
  });

  effect(
    'content.generate.chunk_size',
    'it travels in chunks of this size, the last has the rest',
    async () => {
      const sizesOf = (run: EffectRun) =>
        receivedBy(run, 'leecher')
          .sort((a, b) => a.index - b.index)
          .map(({ bytes }) => bytes);
      expect(sizesOf(await small())).toEqual([...Array<number>(6).fill(16_384), 1_696]);
      const halved = await generated('{ size: 100kB, chunk_size: 8KiB }');
      expect(sizesOf(halved)).toEqual([...Array<number>(12).fill(8_192), 1_696]);
    },
  );

  effect('content.generate', 'its bytes are those of the seed', async () => {
    const again = await generated('{ size: 100kB, chunk_size: 16KiB }');
    const other = await generated('{ size: 100kB, chunk_size: 16KiB }', 2);
    expect(new Set(hashes(await small())).size).toBe(7);
    expect(hashes(again)).toEqual(hashes(await small()));
    for (const hash of hashes(other)) expect(hashes(await small())).not.toContain(hash);
  });
});

describe('content of folders', () => {
  const listed = [1, 2, 3].map((folder) => {
    const path = `folders/folder${folder}`;
    const lines = readFileSync(`${path}/local_chunks.txt`, 'utf8').trim().split('\n');
    const chunks = lines.filter((line) => !line.endsWith('LASTCHUNK')).map((line) => line.split(',')[1]!);
    return { path, sizes: new Map(chunks.map((chunk) => [chunk, statSync(`${path}/${chunk}`).size])) };
  });
  const sum = (sizes: Iterable<number>): number => [...sizes].reduce((total, size) => total + size, 0);

  effect('content.folders', 'each folder gets the chunks that it lacks, and is not written to', async () => {
    const paths = listed.map(({ path }) => path);
    const before = paths.map((path) => statSync(path).mtimeMs);
    const run = await runAsWritten(`
content: { folders: [${paths.join(', ')}] }
engine: { peers_per_worker: 3 }
`);
    const whole = new Map(listed.flatMap(({ sizes }) => [...sizes]));
    expect(run.result.swarm.contentBytes).toBe(sum(whole.values()));
    listed.forEach(({ sizes }, at) => {
      const peer = peerOf(run, `peer${at + 1}`);
      expect(peer.heldChunksAtStart).toBe(sizes.size);
      expect(peer.usefulBytes).toBe(sum(whole.values()) - sum(sizes.values()));
      expect(peer.integrity).toBe('intact');
    });
    expect(paths.map((path) => statSync(path).mtimeMs)).toEqual(before);
  });
});
