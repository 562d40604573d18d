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
});
