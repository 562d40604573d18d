import { describe, expect, it } from 'vitest';
import { contentOf, PeerStage, type Puppet } from '../../../../../test/support/peer-stage.ts';

interface Waiting {
  readonly stage: PeerStage;
  readonly busy: Puppet;
  readonly idle: Puppet;
}

/** It asks for a chunk as soon as it may, and sends chunk `index` as soon as it is asked: how far, how fast is known. */
function makeKnown(neighbour: Puppet, index: number): void {
  neighbour.say({ type: 'interested' }, { type: 'unchoke' });
  expect(neighbour.gotOf('unchoke')).toHaveLength(1);
  neighbour.say({ type: 'request', index: 4, offset: 0 });
  expect(neighbour.requested).toContain(index);
  neighbour.deliver(index);
}

/** Chunk 2 was requested from `busy`, which sends nothing of it, and so long after `idle` lets us ask. */
function waiting(ms: number, isBusyKnown: boolean): Waiting {
  const stage = new PeerStage({ totalChunks: 4, held: [3, 4] });
  const busy = stage.neighbour('busy', [1, 2], 7100);
  if (isBusyKnown) makeKnown(busy, 1);
  else busy.say({ type: 'unchoke' });
  expect(busy.requested).toContain(2);
  const idle = stage.neighbour('idle', [2], 7101);
  stage.run(ms);
  idle.say({ type: 'unchoke' });
  return { stage, busy, idle };
}

describe('a chunk that waits for its turn at a neighbour that has asked and sent before', () => {
  it('is also requested from an idle one, even if that has done neither', () => {
    expect(waiting(150, true).idle.requested).toEqual([2]);
  });

  it('is not, as long as it may only be on its way', () => {
    expect(waiting(100, true).idle.requested).toEqual([]);
  });

  it('is taken back from the one as soon as the other begins', () => {
    const { busy, idle } = waiting(150, true);
    const body = Buffer.from(contentOf(2));
    idle.say({ type: 'chunk', index: 2, offset: 0, chunkBytes: body.byteLength, body: body.subarray(0, 1) });
    expect(busy.gotOf('cancel')).toMatchObject([{ index: 2 }]);
  });

  it('is requested from two at a time, not from a third', () => {
    const { stage, idle } = waiting(150, true);
    const third = stage.neighbour('third', [2], 7102);
    stage.run(300);
    third.say({ type: 'unchoke' });
    expect(idle.requested).toEqual([2]);
    expect(third.requested).toEqual([]);
  });
});

describe('a chunk that waits at a neighbour that has never asked or sent', () => {
  it('is not requested from another such one: what keeps it may be our own downlink', () => {
    expect(waiting(400, false).idle.requested).toEqual([]);
  });
});
