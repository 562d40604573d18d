import { describe, expect, it } from 'vitest';
import { PeerStage } from '../../../../../test/support/peer-stage.ts';

const all = [1, 2, 3];

describe('a neighbour that claims what it lacks', () => {
  it.each(['auto', 'on'] as const)('is shown it by a super-seeder after a while (%s)', (superSeeding) => {
    const stage = new PeerStage({ totalChunks: 3, held: all }, { superSeeding });
    const liar = stage.neighbour('liar', [1, 2]);
    liar.say({ type: 'interested' }, { type: 'request', index: 3 });
    stage.run(9_000);
    expect(liar.shown).toEqual([3]);
    stage.run(1_500);
    expect([...liar.shown].sort()).toEqual(all);
  });

  it('is shown it, too, if it asks for nothing of what it was shown, which then is offered to others first', () => {
    const stage = new PeerStage({ totalChunks: 3, held: all });
    const liar = stage.neighbour('liar', [1, 2]);
    liar.say({ type: 'interested' }, { type: 'not-interested' });
    stage.run(9_000);
    expect(liar.shown).toEqual([3]);
    stage.run(1_500);
    expect([...liar.shown].sort()).toEqual(all);
    const other = stage.neighbour('other', [], 7101);
    stage.run(50);
    expect(other.shown[0]).toBe(3);
  });

  it('is shown it by a seeder that has ceased to super-seed, after a while', () => {
    const stage = new PeerStage({ totalChunks: 3, held: all });
    const liar = stage.neighbour('liar', [1, 2]);
    // Another full copy ends it.
    stage.neighbour('full', all, 7101);
    stage.run(9_000);
    expect(liar.shown).toEqual([3]);
    stage.run(1_500);
    expect([...liar.shown].sort()).toEqual(all);
  });

  it('is told that nothing is wanted from it when it has rejected the last chunk that it showed', () => {
    const stage = new PeerStage({ totalChunks: 3, held: [] });
    const liar = stage.neighbour('liar', [1]);
    liar.say({ type: 'unchoke' });
    expect(liar.requested).toEqual([1]);
    liar.say({ type: 'reject', index: 1, reason: 'not-held' });
    stage.run(50);
    expect(liar.got.map(({ type }) => type)).toContain('not-interested');
  });
});
