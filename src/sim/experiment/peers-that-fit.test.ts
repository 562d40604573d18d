import { expect, test } from 'vitest';
import { planOf, plannedPeer } from '../measure/fixture.ts';
import type { Plan } from '../plan/plan.ts';
import type { Shortage } from '../plan/shortage.ts';
import { peersThatFit } from './peers-that-fit.ts';

const plan = planOf(Array.from({ length: 500 }, (_, at) => plannedPeer(`p/${at + 1}`)));

/** A machine with room for so many peers. */
function room(most: number): (plan: Plan) => Shortage[] {
  return ({ peers }) =>
    peers.length <= most
      ? []
      : [{ what: 'room', unit: 'count', needed: peers.length, available: most, remedy: 'none' }];
}

test('as many peers as there is room for, and 0 where not even two fit', () => {
  for (const most of [2, 3, 250, 499]) expect(peersThatFit(plan, room(most))).toBe(most);
  expect([0, 1].map((most) => peersThatFit(plan, room(most)))).toEqual([0, 0]);
});

test('each group has its part of the peers that fit', () => {
  const tried: string[][] = [];
  peersThatFit(plan, (fewer) => {
    tried.push(fewer.peers.map(({ name }) => name));
    return [];
  });
  for (const names of tried) expect(new Set(names).size).toBe(names.length);
  expect(tried[0]!.slice(0, 3)).toEqual(['p/1', 'p/3', 'p/5']);
});
