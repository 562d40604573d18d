import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/random.ts';
import { interleave } from './run-order.ts';

const arms = fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 12 });
const repeats = fc.integer({ min: 1, max: 20 });

describe('the order of the runs of an experiment', () => {
  it('has every arm once in each block', () => {
    fc.assert(
      fc.property(arms, repeats, fc.string(), (names, count, seed) => {
        const turns = interleave(names, count, seededRandom(seed));
        expect(turns).toHaveLength(names.length * count);
        for (let block = 0; block < count; block++) {
          const own = turns.slice(block * names.length, (block + 1) * names.length);
          expect(own.map(({ arm }) => arm).toSorted()).toEqual(names.toSorted());
          expect(own.every(({ repeat }) => repeat === block + 1)).toBe(true);
        }
      }),
    );
  });

  it('is the same by the same seed, and of the first blocks also when more follow', () => {
    fc.assert(
      fc.property(arms, repeats, fc.string(), (names, count, seed) => {
        const turns = interleave(names, count, seededRandom(seed));
        expect(interleave(names, count, seededRandom(seed))).toEqual(turns);
        expect(interleave(names, count + 1, seededRandom(seed)).slice(0, turns.length)).toEqual(turns);
      }),
    );
  });

  it('differs by block and by seed', () => {
    const order = (seed: string) =>
      interleave(['a', 'b', 'c', 'd'], 6, seededRandom(seed))
        .map(({ arm }) => arm)
        .join('');
    const blocks = order('1').match(/.{4}/g)!;
    expect(new Set(blocks).size).toBeGreaterThan(1);
    expect(order('1')).not.toBe(order('2'));
  });
});
