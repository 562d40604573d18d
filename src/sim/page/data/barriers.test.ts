import { describe, expect, it } from 'vitest';
import { measuredSmallSwarm } from '../../measure/fixture.ts';
import type { FaultEffect } from '../../plan/plan.ts';
import { barriersOf } from './barriers.ts';

const { plan, result } = measuredSmallSwarm();
const [SEEDER, ONE, TWO] = [0, 1, 2];

function blocks(effect: FaultEffect): (from: number, to: number, atMs?: number) => boolean {
  const fault = { name: 'fault', kind: effect.kind, effect, fromMs: 1000, toMs: 2000, targets: [] };
  const barriers = barriersOf({ faults: [fault], plan, endMs: result.elapsedMs });
  return (from, to, atMs = 1500) => barriers.at(atMs)?.blocks(from, to) ?? false;
}

describe('faults that keep chunks from going', () => {
  it('a partition does so between its sides, in both directions, while it lasts', () => {
    const between = blocks({
      kind: 'partition',
      sides: [['seeder', 'leecher/1'], ['leecher/2']],
      oneWay: false,
    });
    expect([between(SEEDER, TWO), between(TWO, ONE), between(SEEDER, ONE)]).toEqual([true, true, false]);
    expect([between(SEEDER, TWO, 999), between(SEEDER, TWO, 2000)]).toEqual([false, false]);
  });

  it('who cannot send cannot ask either: a partition of one way keeps chunks from going in both', () => {
    const between = blocks({
      kind: 'partition',
      sides: [['leecher/2'], ['seeder'], ['leecher/1']],
      oneWay: true,
    });
    expect([between(TWO, SEEDER), between(SEEDER, TWO), between(SEEDER, ONE)]).toEqual([true, true, false]);
  });

  it('a peer that is paused or in a black hole neither sends nor gets; one that rides free gets', () => {
    for (const kind of ['pause', 'black-hole'] as const) {
      const between = blocks({ kind, peers: ['leecher/1'] });
      expect([between(ONE, TWO), between(TWO, ONE), between(SEEDER, TWO)]).toEqual([true, true, false]);
    }
    const between = blocks({ kind: 'free-ride', peers: ['leecher/1'] });
    expect([between(ONE, TWO), between(TWO, ONE)]).toEqual([true, false]);
  });

  it('what only slows keeps nothing', () => {
    const between = blocks({ kind: 'slow-down', factor: 0.1, peers: ['leecher/1'] });
    expect(between(ONE, TWO)).toBe(false);
  });
});
