import { describe, expect, it } from 'vitest';
import { PeerStage, type Puppet } from '../../../../../test/support/peer-stage.ts';

const held = [1, 2, 3];

function isServed(neighbour: Puppet): boolean {
  return neighbour.gotOf('unchoke').length > neighbour.gotOf('choke').length;
}

describe('an uplink', () => {
  it('sends one chunk after another, also when a request that waits behind the first is taken back', () => {
    // A chunk takes 0.3 s.
    const stage = new PeerStage(
      { totalChunks: 3, held, chunkBytes: 5840, upBytesPerSec: 20_000 },
      { superSeeding: 'off' },
    );
    const first = stage.neighbour('first', [], 7100);
    const second = stage.neighbour('second', [], 7101);
    stage.run(1_000);
    first.say({ type: 'request', index: 1 }, { type: 'request', index: 2 });
    second.say({ type: 'request', index: 3 });
    stage.run(20);
    first.say({ type: 'cancel', index: 2 });
    stage.run(300);
    const sentBytes = (neighbour: Puppet): number =>
      neighbour.gotOf('chunk').reduce((sum, { body }) => sum + (body as Buffer).byteLength, 0);
    expect([first, second].map(sentBytes)).toEqual([5840, 0]);
    stage.run(300);
    expect([first, second].map(sentBytes)).toEqual([5840, 5840]);
  });
});

describe('a slot that is not used, while another waits for one', () => {
  const oneSlot = { superSeeding: 'off', uploadSlots: 1 } as const;

  it('moves on soon, also if its holder had nothing to ask for during the first seconds', () => {
    const stage = new PeerStage({ totalChunks: 3, held }, oneSlot);
    const holder = stage.neighbour('holder', [], 7100);
    holder.say({ type: 'interested' });
    stage.run(20_100);
    holder.say({ type: 'request', index: 1 });
    const waiting = stage.neighbour('waiting', [], 7101);
    stage.run(400);
    expect(isServed(holder)).toBe(false);
    expect(isServed(waiting)).toBe(true);
  });

  it('is kept for as long as its holder needs to answer, if that is far away', () => {
    const stage = new PeerStage({ totalChunks: 3, held }, oneSlot);
    const holder = stage.neighbour('holder', [], 7100);
    stage.run(600);
    holder.say({ type: 'request', index: 1 });
    stage.run(500);
    const waiting = stage.neighbour('waiting', [], 7101);
    expect(isServed(waiting)).toBe(false);
    stage.run(200);
    expect(isServed(waiting)).toBe(true);
  });

  it('moves on as soon as it may, also if another that is unused may move on only later', () => {
    const stage = new PeerStage({ totalChunks: 3, held }, { ...oneSlot, uploadSlots: 2 });
    const near = stage.neighbour('near', [], 7100);
    near.say({ type: 'request', index: 1 });
    const far = stage.neighbour('far', [], 7101);
    stage.run(700);
    far.say({ type: 'request', index: 1 });
    stage.run(320);
    near.say({ type: 'request', index: 2 });
    const waiting = stage.neighbour('waiting', [], 7102);
    near.say({ type: 'request', index: 3 });
    stage.run(300);
    expect([near, far, waiting].map(isServed)).toEqual([false, true, true]);
  });
});
