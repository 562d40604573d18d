import { expect, test } from 'vitest';
import { closeUp } from './value-axis.ts';

test('values that are near to each other fill the axis, with some room', () => {
  expect(closeUp([100, 101, 110])).toEqual([99, 111]);
});

test.each([
  ['far from each other', [75, 100]],
  ['all equal', [100, 100]],
  ['as low as 0', [0, 0.1]],
  ['below 0', [-1, 100]],
  ['not there', []],
])('values that are %s are shown from 0', (_, values) => {
  expect(closeUp(values)).toBeUndefined();
});
