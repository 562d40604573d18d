import { expect, it } from 'vitest';
import { ChunkSet } from '../../../chunk-set.ts';
import { UntoldCopies } from './untold-copies.ts';

function neighbour(...holds: number[]): { readonly theirs: ChunkSet; readonly untold: Set<number> } {
  const theirs = new ChunkSet(9);
  for (const index of holds) theirs.add(index);
  return { theirs, untold: new Set() };
}

it('a chunk that was sent counts as a copy until its receiver tells of it, or leaves', () => {
  const [one, two] = [neighbour(), neighbour()];
  const untold = new UntoldCopies();
  for (const to of [one, two]) untold.sent(to, 3);
  // The rest of it, after an interruption.
  untold.sent(one, 3);
  expect(untold.count(3)).toBe(2);
  untold.told(one, 3);
  untold.told(one, 3);
  untold.told(one, 4);
  expect(untold.count(3)).toBe(1);
  untold.left(two);
  expect(untold.count(3)).toBe(0);
});

it('a chunk that its receiver told of before it was sent counts only once', () => {
  const untold = new UntoldCopies();
  untold.sent(neighbour(3), 3);
  expect(untold.count(3)).toBe(0);
});
