import { describe, expect, it } from 'vitest';
import { contentOf, PeerStage } from '../../../../../test/support/peer-stage.ts';

describe('the end-game', () => {
  it('asks a second neighbour only when the pace of the first is known: its first bytes are none', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [] });
    const first = stage.neighbour('first', [1], 7100);
    first.say({ type: 'unchoke' });
    expect(first.requested).toEqual([1]);
    stage.run(200);
    const content = Buffer.from(contentOf(1));
    first.say({
      type: 'chunk',
      index: 1,
      offset: 0,
      chunkBytes: content.byteLength,
      body: content.subarray(0, 1),
    });
    const idle = stage.neighbour('idle', [1, 2], 7101);
    idle.say({ type: 'unchoke' });
    idle.deliver(2);
    expect(idle.requested).toEqual([2]);
    stage.run(1500);
    expect(idle.requested).toEqual([2]);
    stage.run(2500);
    expect(idle.requested).toEqual([2, 1]);
  });

  it('asks one that brings chunks at once, however much patience there is with those that never answered', () => {
    const stage = new PeerStage({ totalChunks: 3, held: [] });
    const unheard = ['one', 'two', 'three'].map((name, at) => stage.neighbour(name, [1], 7100 + at));
    unheard[0]!.say({ type: 'unchoke' });
    // It falls silent, and the next ones are given twice the time.
    stage.run(3000);
    for (const neighbour of unheard.slice(1)) neighbour.say({ type: 'unchoke' });
    expect(unheard.map(({ requested }) => requested)).toEqual([[1], [1], [1]]);
    const quick = stage.neighbour('quick', [2, 3], 7110);
    quick.say({ type: 'unchoke' });
    quick.deliver(2);
    quick.deliver(3);
    quick.say({ type: 'have', index: 1 });
    expect(quick.requested).toEqual([2, 3]);
    stage.run(3000);
    expect(quick.requested).toEqual([2, 3, 1]);
  });

  it('asks a second neighbour for the last chunk when the first, asked alone, has been silent for long', () => {
    const stage = new PeerStage({ totalChunks: 3, held: [] });
    const first = stage.neighbour('first', [1], 7100);
    first.say({ type: 'unchoke' });
    stage.run(3000);
    const second = stage.neighbour('second', [2], 7101);
    second.say({ type: 'unchoke' });
    const quick = stage.neighbour('quick', [3], 7110);
    quick.say({ type: 'unchoke' });
    quick.deliver(3);
    quick.say({ type: 'have', index: 2 });
    expect(quick.requested).toEqual([3]);
    stage.run(3000);
    expect(second.requested).toEqual([2]);
    expect(quick.requested).toEqual([3, 2]);
  });
});
