import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packRows, unpackRows } from './number-columns.ts';

it('gives every row of whole numbers back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat({ max: 2 ** 32 - 1 })), (width, numbers) => {
      const rows = numbers.slice(0, numbers.length - (numbers.length % width));
      expect(unpackRows(packRows(rows, width), width)).toEqual(rows);
    }),
  );
});

it('needs a sign for a number that differs little from the one above it', () => {
  expect(packRows([1000, 7, 1005, 6, 1012, 7], 2)).toHaveLength(8);
});

it('refuses a text that is none of its own', () => {
  expect(() => unpackRows('AB!', 1)).toThrow('no row of numbers: !');
});
