import { expect, it } from 'vitest';
import { isEnough } from './run-others.ts';

it('a fast program gets all rounds that are asked for, a slow one those of a minute, one at least', () => {
  expect([0, 4, 5].map((rounds) => isEnough(rounds, 1000 * rounds, 5))).toEqual([false, false, true]);
  expect([0, 1].map((rounds) => isEnough(rounds, 70_000 * rounds, 5))).toEqual([false, true]);
});
