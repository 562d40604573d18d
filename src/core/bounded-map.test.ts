import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BoundedMap } from './bounded-map.ts';

it('holds the entries that were set last, each once, however many come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(9), { maxLength: 40 }), (max, keys) => {
      const map = new BoundedMap<number, number>(max);
      keys.forEach((key, at) => map.set(key, at));
      const latest = [...new Set(keys.toReversed())].slice(0, max).toReversed();
      expect([...map]).toEqual(latest.map((key) => [key, keys.lastIndexOf(key)]));
    }),
  );
});
