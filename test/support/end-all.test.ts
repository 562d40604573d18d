import { expect, test } from 'vitest';
import { endAll } from './end-all.ts';

test('what a test has begun is ended, the last first, also where one of it cannot be', async () => {
  const ended: number[] = [];
  const ends = [1, 2, 3].map((number) => async () => {
    await Promise.resolve();
    if (number === 2) throw new Error('it stays');
    ended.push(number);
  });
  await expect(endAll(ends)).rejects.toThrow('it stays');
  expect(ended).toEqual([3, 1]);
  expect(ends).toEqual([]);
});
