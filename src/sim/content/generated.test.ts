import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MIB } from '../../core/units.ts';
import { generateChunk, generatedChunkBytes } from './generated.ts';

const chunk = (seed: string, index: number, bytes: number): Buffer =>
  Buffer.concat([...generateChunk(seed, index, bytes)]);

describe('generated content', () => {
  it('is the same on every machine for the same seed', () => {
    expect(
      createHash('sha1')
        .update(chunk('seed', 1, 100_000))
        .digest('hex'),
    ).toMatchInlineSnapshot(`"b37b0a38ee4c82c7e1c852c362f14bc96b7c46e9"`);
  });

  it('differs by seed and by chunk', () => {
    const all = [chunk('a', 1, 64), chunk('a', 2, 64), chunk('b', 1, 64)].map((bytes) =>
      bytes.toString('hex'),
    );
    expect(new Set(all).size).toBe(3);
  });

  it('does not depend on how it is cut into pieces', () => {
    const long = chunk('a', 1, 3 * MIB + 5);
    expect(long.length).toBe(3 * MIB + 5);
    expect(long.subarray(0, MIB + 1).equals(chunk('a', 1, MIB + 1))).toBe(true);
  });

  it('gives the last chunk the rest', () => {
    expect(generatedChunkBytes(10, 4, 3)).toEqual([4, 4, 2]);
    expect(generatedChunkBytes(8, 4, 2)).toEqual([4, 4]);
  });
});
