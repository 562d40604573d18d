import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../random.ts';
import { pickers } from './pickers.ts';
import { RarityIndex } from './rarity-index.ts';

/** Pickable chunks 1 to n with these numbers of copies. */
function rarity(copies: readonly number[]): RarityIndex {
  const index = new RarityIndex(copies.length);
  copies.forEach((count, at) => {
    for (let copy = 0; copy < count; copy++) index.changeCopies(at + 1, 1);
    index.setPickable(at + 1, true);
  });
  return index;
}

describe('RarityIndex', () => {
  it('keeps every pickable chunk in the bucket of its copies, whatever changes in which order', () => {
    const change = fc.record({
      chunk: fc.integer({ min: 1, max: 12 }),
      what: fc.constantFrom('+', '-', 'on', 'off'),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const index = new RarityIndex(12);
        const copies = new Array<number>(13).fill(0);
        const pickable = new Set<number>();
        for (const { chunk, what } of changes) {
          if (what === '+') index.changeCopies(chunk, 1);
          if (what === '-' && copies[chunk]! > 0) index.changeCopies(chunk, -1);
          if (what === 'on' || what === 'off') index.setPickable(chunk, what === 'on');
          if (what === '+') copies[chunk]!++;
          if (what === '-' && copies[chunk]! > 0) copies[chunk]!--;
          if (what === 'on') pickable.add(chunk);
          if (what === 'off') pickable.delete(chunk);
        }
        expect(index.size).toBe(pickable.size);
        index.buckets.forEach((bucket, count) => {
          expect([...bucket].sort((a, b) => a - b)).toEqual(
            [...pickable].filter((chunk) => copies[chunk] === count).sort((a, b) => a - b),
          );
        });
      }),
    );
  });
});

describe('pickers', () => {
  it('rarest-first takes a chunk with the fewest copies among those that the neighbour has', () => {
    const view = rarity([3, 1, 2, 1, 5]);
    const pick = (has: readonly number[], seed: string) =>
      pickers['rarest-first'](view, (index) => has.includes(index), seededRandom(seed));
    expect(pick([1, 3, 5], 'a')).toBe(3);
    expect(pick([1, 5], 'a')).toBe(1);
    expect(pick([], 'a')).toBeUndefined();
  });

  it('rarest-first breaks ties by chance: each of the rarest is taken about as often', () => {
    const view = rarity([1, 1, 1, 1, 9]);
    const random = seededRandom('ties');
    const taken = [0, 0, 0, 0, 0];
    for (let draw = 0; draw < 4000; draw++) taken[pickers['rarest-first'](view, () => true, random)! - 1]!++;
    expect(taken[4]).toBe(0);
    for (const count of taken.slice(0, 4)) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('random takes any pickable chunk that the neighbour has', () => {
    const view = rarity([1, 9, 9]);
    const random = seededRandom('any');
    const taken = new Set(
      Array.from({ length: 100 }, () => pickers.random(view, (index) => index > 1, random)),
    );
    expect(taken).toEqual(new Set([2, 3]));
  });

  it('sequential takes the lowest index', () => {
    const view = rarity([9, 1, 1]);
    expect(pickers.sequential(view, () => true, seededRandom('x'))).toBe(1);
    expect(pickers.sequential(view, (index) => index !== 1, seededRandom('x'))).toBe(2);
  });

  it('never picks what is not pickable or not held by the neighbour', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ copies: fc.integer({ min: 1, max: 5 }), pickable: fc.boolean(), has: fc.boolean() }),
          {
            minLength: 1,
          },
        ),
        fc.string(),
        (chunks, seed) => {
          const view = rarity(chunks.map(({ copies }) => copies));
          chunks.forEach(({ pickable }, at) => view.setPickable(at + 1, pickable));
          for (const picker of Object.values(pickers)) {
            const picked = picker(view, (index) => chunks[index - 1]!.has, seededRandom(seed));
            if (picked === undefined) expect(chunks.some(({ pickable, has }) => pickable && has)).toBe(false);
            else expect(chunks[picked - 1]).toMatchObject({ pickable: true, has: true });
          }
        },
      ),
    );
  });
});
