import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkSet } from './chunk-set.ts';

const chunks = fc.integer({ min: 1, max: 70 }).chain((totalChunks) =>
  fc.record({
    totalChunks: fc.constant(totalChunks),
    held: fc.uniqueArray(fc.integer({ min: 1, max: totalChunks })),
  }),
);

function setOf(totalChunks: number, held: readonly number[]): ChunkSet {
  const set = new ChunkSet(totalChunks);
  for (const index of held) set.add(index);
  return set;
}

describe('ChunkSet', () => {
  it('holds exactly what was added and not deleted, and its bits carry it over', () => {
    fc.assert(
      fc.property(chunks, fc.array(fc.integer({ min: 1, max: 70 })), ({ totalChunks, held }, deleted) => {
        const set = setOf(totalChunks, held);
        const model = new Set(held);
        for (const index of deleted) expect(set.delete(index)).toBe(model.delete(index));
        const expected = [...model].sort((a, b) => a - b);
        expect([...set]).toEqual(expected);
        expect(set.size).toBe(model.size);
        expect(set.complete).toBe(model.size === totalChunks);
        expect([...set.missing(), ...set].sort((a, b) => a - b)).toHaveLength(totalChunks);
        expect([...ChunkSet.fromBits(set.toBits(), totalChunks)!]).toEqual(expected);
      }),
    );
  });

  it('lays chunk 1 in the most significant bit of the first byte, as BEP 3 does', () => {
    expect([...setOf(10, [1, 10]).toBits()]).toEqual([0x80, 0x40]);
  });

  it('refuses a bitfield with a wrong length or with spare bits set', () => {
    expect(ChunkSet.fromBits(Uint8Array.of(0xff), 9)).toBeUndefined();
    expect(ChunkSet.fromBits(Uint8Array.of(0xff), 7)).toBeUndefined();
    expect(ChunkSet.fromBits(Uint8Array.of(0xfe), 7)?.complete).toBe(true);
  });

  it('knows no chunk outside 1 to totalChunks', () => {
    const set = setOf(8, [1, 2, 3, 4, 5, 6, 7, 8]);
    for (const index of [-1, 0, 9, 1000]) {
      expect(set.has(index)).toBe(false);
      expect(set.delete(index)).toBe(false);
      expect(() => set.add(index)).toThrow(/outside 1 to 8/);
    }
  });
});
