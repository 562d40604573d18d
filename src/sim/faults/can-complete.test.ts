import { describe, expect, it } from 'vitest';
import { ChunkSet } from '../../core/chunk-set.ts';
import type { FaultEffect } from '../plan/plan.ts';
import { isHopeless, type SwarmPeer } from './can-complete.ts';

function peer(name: string, held: readonly number[] = []): SwarmPeer {
  const set = new ChunkSet(2);
  for (const index of held) set.add(index);
  return { name, held: set };
}

const seeder = peer('seeder', [1, 2]);
const a = peer('a', [1]);
const b = peer('b');
const c = peer('c');

const hopeless = (
  waitedFor: readonly SwarmPeer[],
  lasting: readonly FaultEffect[],
  alive = [seeder, a, b, c],
) => isHopeless(waitedFor, alive, lasting);

const parted = (...sides: (readonly string[])[]): FaultEffect => ({
  kind: 'partition',
  sides,
  oneWay: false,
});

describe('a swarm is without hope', () => {
  it('never while nothing that lasts is done to it, and the chunks are there', () => {
    expect(hopeless([a, b], [])).toBe(false);
    expect(hopeless([], [])).toBe(false);
  });

  it('when nobody alive has a chunk that all of them lack', () => {
    expect(hopeless([a, b], [], [a, b])).toBe(true);
  });

  it('when those that are waited for are beyond a partition from the only holder', () => {
    expect(hopeless([b], [parted(['seeder', 'a', 'c'], ['b'])])).toBe(true);
    expect(hopeless([a, b], [parted(['seeder', 'a', 'c'], ['b'])])).toBe(false);
  });

  it('but not when somebody on neither side can pass the chunks on', () => {
    expect(hopeless([b], [parted(['seeder', 'a'], ['b'])])).toBe(false);
  });

  it('nor over several who pass on, but yes when one of them gives nothing', () => {
    const chain = [parted(['seeder'], ['b', 'c']), parted(['a'], ['b'])];
    expect(hopeless([b], chain)).toBe(false);
    expect(hopeless([b], [...chain, { kind: 'free-ride', peers: ['c'] }])).toBe(true);
  });

  it.each<FaultEffect>([
    { kind: 'pause', peers: ['seeder'] },
    { kind: 'black-hole', peers: ['seeder'] },
    { kind: 'free-ride', peers: ['seeder'] },
    { kind: 'corrupt', peers: ['seeder'], probability: 1 },
  ])('when the only holder gives nothing for good: $kind', (effect) => {
    expect(hopeless([a, b], [effect])).toBe(true);
  });

  it.each<FaultEffect>([
    { kind: 'corrupt', peers: ['seeder'], probability: 0.9 },
    { kind: 'slow-down', peers: ['seeder'], factor: 0.01 },
    { kind: 'lie', peers: ['a'] },
    { kind: 'disk-full', peers: ['seeder'] },
    { kind: 'tracker-down', forgets: true },
  ])('but not when it only gives less: $kind', (effect) => {
    expect(hopeless([a, b], [effect])).toBe(false);
  });

  it('when the disks of all that are waited for stay full', () => {
    expect(hopeless([a], [{ kind: 'disk-full', peers: ['a'] }])).toBe(true);
  });
});
