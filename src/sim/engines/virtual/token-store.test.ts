import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../core/errors.ts';
import { tokenHash, TokenStore } from './token-store.ts';

const chunkBytes = [100, 50, 0];

function stores(corrupt: number[] = []) {
  const seeder = new TokenStore({ chunkBytes, held: [1, 2, 3], corrupt });
  const leecher = new TokenStore({ chunkBytes, held: [] });
  return { seeder, leecher };
}

describe('token store', () => {
  it('takes a chunk whose parts come in order, and gives it on', () => {
    const { seeder, leecher } = stores();
    const expected = seeder.info(1)!;
    const writer = leecher.begin(1, expected);
    for (const offset of [0, 30, 60]) writer.write(seeder.read(1, offset, offset === 60 ? 40 : 30));
    expect(writer.writtenBytes).toBe(100);
    expect(leecher.info(1)).toBeUndefined();
    expect(writer.commit()).toEqual(expected);
    expect(leecher.info(1)).toEqual({ bytes: 100, hash: tokenHash(1, 100) });
    expect(leecher.read(1, 99, 1)).toEqual({ index: 1, offset: 99, byteLength: 1 });
  });

  it('passes over what it is told to of a part, and knows whether the rest is the next', () => {
    const { seeder, leecher } = stores();
    const expected = seeder.info(1)!;
    const [right, wrong] = [leecher.begin(1, expected), leecher.begin(1, expected)];
    for (const writer of [right, wrong]) writer.write(seeder.read(1, 0, 40));
    right.write(seeder.read(1, 30, 70), 10);
    wrong.write(seeder.read(1, 30, 70), 9);
    expect(wrong.commit()).toBeUndefined();
    expect(right.commit()).toEqual(expected);
  });

  it('shares what stands for a chunk with all stores of one content, but not what is corrupt', () => {
    const { seeder, leecher } = stores();
    const writer = leecher.begin(1, seeder.info(1)!);
    writer.write(seeder.read(1, 0, 100));
    expect(writer.commit()).toBe(seeder.info(1));
    expect(stores([1]).seeder.info(1)).toEqual({ bytes: 100, hash: tokenHash(1, 100, true) });
  });

  it('takes a chunk of no bytes', () => {
    const { seeder, leecher } = stores();
    expect(leecher.begin(3, seeder.info(3)!).commit()).toEqual(seeder.info(3));
  });

  it.each([
    ['of another chunk', 2, 0, 50],
    ['not contiguous', 1, 1, 99],
    ['too short', 1, 0, 99],
  ])('discards a chunk with parts %s', (_name, index, offset, length) => {
    const { seeder, leecher } = stores();
    const writer = leecher.begin(1, { hash: tokenHash(1, 100) });
    writer.write(seeder.read(index, offset, length));
    expect(writer.commit()).toBeUndefined();
    expect(leecher.info(1)).toBeUndefined();
  });

  it('tells corrupt content by its hash, and passes it on as corrupt when no hash was expected', () => {
    const { seeder, leecher } = stores([1]);
    const verified = leecher.begin(1, { hash: tokenHash(1, 100) });
    verified.write(seeder.read(1, 0, 100));
    expect(verified.commit()).toBeUndefined();
    const blind = leecher.begin(1, {});
    blind.write(seeder.read(1, 0, 100));
    expect(blind.commit()).toEqual({ bytes: 100, hash: tokenHash(1, 100, true) });
    expect(leecher.read(1, 0, 10).corrupt).toBe(true);
  });

  it('keeps a chunk only when it is what has come to be agreed on since it was begun', () => {
    const { seeder, leecher } = stores([1]);
    const writer = leecher.begin(1, {});
    writer.write(seeder.read(1, 0, 100));
    expect(writer.commit({ bytes: 100, hash: tokenHash(1, 100) })).toBeUndefined();
    expect(leecher.info(1)).toBeUndefined();
  });

  it('keeps the first of two writers of a chunk', () => {
    const { seeder, leecher } = stores();
    const writers = [leecher.begin(2, {}), leecher.begin(2, {})];
    for (const writer of writers) writer.write(seeder.read(2, 0, 50));
    expect(writers.map((writer) => writer.commit())).toEqual([seeder.info(2), seeder.info(2)]);
  });

  it('refuses to read what it does not hold, ranges outside, and real bytes', () => {
    const { seeder, leecher } = stores();
    expect(() => leecher.read(1, 0, 1)).toThrow(StoreError);
    expect(() => seeder.read(1, 90, 11)).toThrow('chunk 1 has 100 bytes, not 11 at 90');
    expect(() => seeder.begin(4, {})).toThrow('chunk 4 outside 1 to 3');
    expect(() => leecher.begin(1, {}).write(Buffer.alloc(3))).toThrow(StoreError);
    const discarded = leecher.begin(1, {});
    discarded.discard();
    discarded.discard();
    expect(leecher.info(1)).toBeUndefined();
  });
});
