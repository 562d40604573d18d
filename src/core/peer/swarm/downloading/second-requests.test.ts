import { describe, expect, it } from 'vitest';
import { contentOf, PeerStage, type Puppet } from '../../../../../test/support/peer-stage.ts';

/** The peer has requested chunk 1 from `busy`, which sends nothing, and so long after is let ask by `idle`. */
function waiting(ms: number): { readonly stage: PeerStage; readonly busy: Puppet; readonly idle: Puppet } {
  const stage = new PeerStage({ totalChunks: 2, held: [] });
  const busy = stage.neighbour('busy', [1], 7100);
  busy.say({ type: 'unchoke' });
  expect(busy.requested).toEqual([1]);
  const idle = stage.neighbour('idle', [1], 7101);
  stage.run(ms);
  idle.say({ type: 'unchoke' });
  return { stage, busy, idle };
}

describe('a chunk that waits at a busy neighbour', () => {
  it('is also requested from an idle one, even if that has never sent anything', () => {
    expect(waiting(250).idle.requested).toEqual([1]);
  });

  it('is not, as long as the answer may be on its way', () => {
    expect(waiting(100).idle.requested).toEqual([]);
  });

  it('is taken back from the one as soon as the other begins', () => {
    const { busy, idle } = waiting(250);
    const body = Buffer.from(contentOf(1));
    const chunkBytes = body.byteLength;
    idle.say({ type: 'chunk', index: 1, offset: 0, chunkBytes, body: body.subarray(0, 1) });
    expect(busy.gotOf('cancel')).toMatchObject([{ index: 1 }]);
  });

  it('is requested from two at a time, not from a third', () => {
    const { stage, idle } = waiting(250);
    const third = stage.neighbour('third', [1], 7102);
    stage.run(500);
    third.say({ type: 'unchoke' });
    expect(idle.requested).toEqual([1]);
    expect(third.requested).toEqual([]);
  });
});
