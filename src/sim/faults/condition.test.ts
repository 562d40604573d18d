import { describe, expect, it } from 'vitest';
import { ChunkSet } from '../../core/chunk-set.ts';
import type { Comparison, LiveFigure } from '../plan/plan.ts';
import { figureOf, isMet, type LivePeer, type LiveSwarm } from './condition.ts';

function peer(name: string, held: readonly number[], changes: Partial<LivePeer> = {}): LivePeer {
  const set = new ChunkSet(4);
  for (const index of held) set.add(index);
  return {
    name,
    mustComplete: true,
    hasJoined: true,
    isAlive: true,
    complete: set.complete,
    held: set,
    wantedBytes: 400,
    gotBytes: held.length * 100,
    ...changes,
  };
}

const swarm: LiveSwarm = {
  nowMs: 1500,
  totalChunks: 4,
  peers: [
    peer('seeder', [1, 2, 3, 4], { mustComplete: false, wantedBytes: 0, gotBytes: 0 }),
    peer('a', [1, 2, 3, 4]),
    peer('b', [1, 2], { isAlive: false }),
    peer('c', [1], {}),
    peer('d', [], { hasJoined: false, isAlive: false }),
  ],
};

describe('a figure of the run so far', () => {
  it.each<[LiveFigure, number | undefined]>([
    [{ kind: 'completed', unit: 'share' }, 0.25],
    [{ kind: 'completed', unit: 'count' }, 1],
    [{ kind: 'completed', unit: 'count', peers: ['seeder', 'a', 'c'] }, 2],
    [{ kind: 'joined', unit: 'count' }, 3],
    [{ kind: 'alive', unit: 'share' }, 0.5],
    [{ kind: 'progress' }, 700 / 1600],
    [{ kind: 'progress', peers: ['c'] }, 0.25],
    [{ kind: 'elapsed' }, 1500],
    [{ kind: 'availability' }, 2],
    [{ kind: 'completed', unit: 'share', peers: [] }, undefined],
    [{ kind: 'progress', peers: ['seeder'] }, undefined],
  ])('%j is %s', (figure, expected) => {
    expect(figureOf(figure, swarm)).toBe(expected);
  });
});

describe('availability', () => {
  const late = (changes: Partial<LivePeer>): LiveSwarm => ({
    nowMs: 200,
    totalChunks: 4,
    peers: [peer('seeder', [1, 2, 3, 4], changes), peer('a', []), peer('b', [1])],
  });
  const isLost = { text: '', figure: { kind: 'availability' }, comparison: '<', value: 1 } as const;

  it('is not known before every chunk has had a holder, so that a seeder may come late', () => {
    const swarm = late({ hasJoined: false, isAlive: false });
    expect(figureOf({ kind: 'availability' }, swarm)).toBeUndefined();
    expect(isMet(isLost, swarm)).toBe(false);
  });

  it('is that of the rarest chunk from then on, and 0 once its last holder is gone', () => {
    expect(figureOf({ kind: 'availability' }, late({}))).toBe(1);
    expect(figureOf({ kind: 'availability' }, late({ isAlive: false }))).toBe(0);
    expect(isMet(isLost, late({ isAlive: false }))).toBe(true);
  });
});

describe('a condition', () => {
  it.each<[Comparison, number, boolean]>([
    ['<', 1500, false],
    ['<=', 1500, true],
    ['>', 1499, true],
    ['>=', 1501, false],
    ['==', 1500, true],
    ['!=', 1500, false],
  ])('elapsed %s %d holds after 1,500 ms: %s', (comparison, value, expected) => {
    expect(isMet({ text: '', figure: { kind: 'elapsed' }, comparison, value }, swarm)).toBe(expected);
  });

  it('on what there is nothing to tell of never holds', () => {
    const figure: LiveFigure = { kind: 'progress', peers: [] };
    for (const comparison of ['<', '!='] as const) {
      expect(isMet({ text: '', figure, comparison, value: 9 }, swarm)).toBe(false);
    }
  });
});
