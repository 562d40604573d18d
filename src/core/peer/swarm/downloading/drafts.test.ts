import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf, PeerStage } from '../../../../../test/support/peer-stage.ts';
import type { Puppet } from '../../../../../test/support/peer-stage.ts';
import { sha1 } from '../../../../../test/support/spec-fakes.ts';

const BYTES = contentOf(1).length;

/** A neighbour that holds everything, serves requests with an offset unless told otherwise, and has unchoked the peer. */
function holder(
  stage: PeerStage,
  name: string,
  { port = 7100, resumes = true, holds = allOf(stage) } = {},
): Puppet {
  const puppet = stage.neighbour(name, holds, port);
  if (resumes) puppet.say({ type: 'resumes' });
  puppet.say({ type: 'unchoke' });
  return puppet;
}

const allOf = ({ totalChunks }: PeerStage): number[] =>
  Array.from({ length: totalChunks }, (_, at) => at + 1);

/** Sends bytes of a chunk from an offset on. */
function sendPart(
  from: Puppet,
  index: number,
  offset: number,
  length: number,
  text = contentOf(index),
): void {
  const body = Buffer.from(text).subarray(offset, offset + length);
  from.say({ type: 'chunk', index, offset, chunkBytes: text.length, body });
}

describe('what is here of a chunk is not fetched again', () => {
  it('when its sender is lost: another is asked for the rest, and nothing is thrown away', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const first = holder(stage, 'first');
    sendPart(first, 1, 0, 11);
    first.close();
    const second = holder(stage, 'second');
    expect(second.gotOf('request')).toEqual([{ type: 'request', index: 1, offset: 11 }]);
    sendPart(second, 1, 11, BYTES);
    expect(stage.store.chunks.get(1)?.toString()).toBe(contentOf(1));
    expect(stage.eventsOf('chunk-discarded')).toEqual([]);
    expect(stage.eventsOf('chunk-received')).toMatchObject([
      { bytes: BYTES, from: { host: 'second' }, earlier: [{ from: { host: 'first' }, bytes: 11 }] },
    ]);
  });

  it('by the same sender, when it comes back', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const before = holder(stage, 'one');
    sendPart(before, 1, 0, 5);
    before.close();
    const after = holder(stage, 'one');
    expect(after.gotOf('request')).toEqual([{ type: 'request', index: 1, offset: 5 }]);
    sendPart(after, 1, 5, BYTES);
    const [received] = stage.eventsOf('chunk-received');
    expect(received).toMatchObject({ bytes: BYTES, from: { host: 'one' } });
    expect(received).not.toHaveProperty('earlier');
  });

  it('when its sender rejects in the middle, as one whose disk fails does', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const [first, second] = [holder(stage, 'first'), holder(stage, 'second', { port: 7101 })];
    sendPart(first, 1, 0, 4);
    first.say({ type: 'reject', index: 1, reason: 'overload' });
    expect(second.gotOf('request')).toEqual([{ type: 'request', index: 1, offset: 4 }]);
  });

  it('in the end-game: the second source is asked for what is lacking, and either may finish', () => {
    for (const finisher of ['first', 'second'] as const) {
      const stage = new PeerStage({ totalChunks: 1, held: [] });
      const puppets = { first: holder(stage, 'first'), second: holder(stage, 'second', { port: 7101 }) };
      sendPart(puppets.first, 1, 0, 4);
      stage.run(12_000);
      expect(puppets.second.gotOf('request')).toEqual([{ type: 'request', index: 1, offset: 4 }]);
      sendPart(puppets.second, 1, 4, 6);
      // Two of these three bytes have come from the other.
      sendPart(puppets.first, 1, 4, 7);
      const rest = { first: 11, second: 10 }[finisher];
      sendPart(puppets[finisher], 1, rest, BYTES);
      expect(stage.eventsOf('peer-completed')).toHaveLength(1);
      const loser = finisher === 'first' ? puppets.second : puppets.first;
      expect(loser.gotOf('cancel')).toEqual([{ type: 'cancel', index: 1 }]);
      expect(stage.store.chunks.get(1)?.toString()).toBe(contentOf(1));
    }
  });

  it('but by one that does not know the offset, which is asked for the whole', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const first = holder(stage, 'first');
    sendPart(first, 1, 0, 11);
    first.close();
    const old = holder(stage, 'old', { resumes: false });
    expect(old.gotOf('request')).toEqual([{ type: 'request', index: 1 }]);
    old.deliver(1);
    expect(stage.eventsOf('chunk-received')).toMatchObject([{ bytes: BYTES, from: { host: 'old' } }]);
    expect(stage.eventsOf('chunk-discarded')).toMatchObject([{ bytes: 11, from: { host: 'first' } }]);
  });

  it('of at most 16 chunks whose senders are gone: of the others that of which least is here is forgotten', () => {
    const stage = new PeerStage({ totalChunks: 18, held: [] });
    const senders = Array.from({ length: 18 }, (_, at) => {
      const puppet = stage.neighbour(`n${at}`, [at + 1], 7100 + at);
      puppet.say({ type: 'unchoke' });
      sendPart(puppet, at + 1, 0, 18 - at > 12 ? 3 : 18 - at);
      return puppet;
    });
    for (const puppet of senders) puppet.close();
    expect(stage.eventsOf('chunk-discarded')).toMatchObject([
      { reason: 'failed', bytes: 2 },
      { reason: 'failed', bytes: 1 },
    ]);
  });
});

describe('another content', () => {
  const other = contentOf(1).toUpperCase();
  const agreed = [{ index: 1, bytes: BYTES, hash: sha1(other) }];

  it('makes what came of the former one worthless: it pushes out nothing of the new one', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const first = holder(stage, 'first', { port: 7100 });
    sendPart(first, 1, 0, 15);
    stage.trackerTells([], agreed);
    const second = holder(stage, 'second', { port: 7101 });
    stage.run(30_000);
    expect(second.gotOf('request')).toEqual([{ type: 'request', index: 1 }]);
    sendPart(second, 1, 0, 8, other);
    second.close();
    first.close();
    expect(stage.eventsOf('chunk-discarded')).toMatchObject([{ from: { host: 'first' }, bytes: 15 }]);
    const third = holder(stage, 'third', { port: 7102 });
    expect(third.gotOf('request')).toEqual([{ type: 'request', index: 1, offset: 8 }]);
  });

  it('is fetched anew at once, though much of the former one is here', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const first = holder(stage, 'first');
    sendPart(first, 1, 0, 15);
    first.close();
    stage.trackerTells([], agreed);
    expect(stage.eventsOf('chunk-discarded')).toMatchObject([{ from: { host: 'first' }, bytes: 15 }]);
    const second = holder(stage, 'second');
    expect(second.gotOf('request')).toEqual([{ type: 'request', index: 1 }]);
  });

  it('of a chunk that several have sent wrong: its senders may be joined again, since they may have been right', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [] });
    const early = holder(stage, 'early', { holds: [1] });
    sendPart(early, 1, 0, 8, other);
    early.close();
    const second = holder(stage, 'second', { holds: [1] });
    sendPart(second, 1, 8, BYTES, other);
    second.close();
    expect(stage.eventsOf('chunk-discarded')).toMatchObject([{ reason: 'corrupt' }]);
    expect(stage.eventsOf('peer-banned')).toEqual([]);

    stage.trackerTells([], agreed);
    for (const index of [1, 2]) {
      const before = holder(stage, 'early', { holds: [index] });
      sendPart(before, index, 0, 5, index === 1 ? other : contentOf(2));
      before.close();
      const after = holder(stage, 'second', { holds: [index] });
      expect(after.gotOf('request')).toEqual([{ type: 'request', index, offset: 5 }]);
      after.close();
    }
  });
});

describe('a chunk that proves wrong', () => {
  const wrong = contentOf(1).toUpperCase();

  it('is nobody’s certain fault when two have sent it: it is fetched whole from one, who is then banned if it is wrong', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const liar = holder(stage, 'liar');
    sendPart(liar, 1, 0, 8, wrong);
    liar.close();
    const honest = holder(stage, 'honest');
    sendPart(honest, 1, 8, BYTES);
    expect(stage.eventsOf('peer-banned')).toEqual([]);
    expect(stage.eventsOf('chunk-discarded')).toMatchObject([
      { reason: 'corrupt', bytes: BYTES, earlier: [{ from: { host: 'liar' }, bytes: 8 }] },
    ]);
    expect(honest.gotOf('request').at(-1)).toEqual({ type: 'request', index: 1 });
    sendPart(honest, 1, 0, 3);
    honest.close();
    // Not even the rest is asked of another now.
    const again = holder(stage, 'liar');
    expect(again.gotOf('request')).toEqual([{ type: 'request', index: 1 }]);
    again.deliver(1, wrong);
    expect(stage.eventsOf('peer-banned')).toMatchObject([{ address: { host: 'liar' } }]);
    const back = holder(stage, 'honest');
    expect(back.gotOf('request')).toEqual([{ type: 'request', index: 1, offset: 3 }]);
    sendPart(back, 1, 3, BYTES);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    expect(stage.eventsOf('peer-banned')).toHaveLength(1);
  });

  it('is gone on with by an honest sender, though a suspect sends more of it each time', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const liar = holder(stage, 'liar');
    sendPart(liar, 1, 0, 3, wrong);
    liar.close();
    const second = holder(stage, 'second');
    sendPart(second, 1, 3, BYTES);
    second.close();
    expect(stage.eventsOf('chunk-discarded')).toMatchObject([{ reason: 'corrupt' }]);
    const again = holder(stage, 'liar');
    sendPart(again, 1, 0, 15, wrong);
    again.close();
    const honest = holder(stage, 'honest');
    sendPart(honest, 1, 0, 10);
    honest.close();
    const back = holder(stage, 'honest');
    expect(back.gotOf('request')).toEqual([{ type: 'request', index: 1, offset: 10 }]);
    sendPart(back, 1, 10, BYTES);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
  });

  it('makes all else worthless that its certain sender has begun', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [] });
    const liar = holder(stage, 'liar');
    const [one, two] = liar.requested;
    sendPart(liar, one!, 0, 4);
    liar.say({ type: 'reject', index: one!, reason: 'overload' });
    liar.deliver(two!, contentOf(two!).toUpperCase());
    stage.run(10);
    expect(stage.eventsOf('peer-banned')).toHaveLength(1);
    expect(stage.eventsOf('chunk-discarded').reduce((sum, { bytes }) => sum + bytes, 0)).toBe(BYTES + 4);
  });

  it('is not given to a third to go on with once one of its senders is found out', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [] });
    const liar = holder(stage, 'liar', { holds: [1] });
    sendPart(liar, 1, 0, 5, contentOf(1).toUpperCase());
    liar.close();
    const second = holder(stage, 'second', { port: 7101, holds: [1] });
    sendPart(second, 1, 5, 2);
    holder(stage, 'liar', { holds: [2] }).deliver(2, contentOf(2).toUpperCase());
    expect(stage.eventsOf('peer-banned')).toMatchObject([{ address: { host: 'liar' } }]);
    const third = holder(stage, 'third', { port: 7102, holds: [1] });
    stage.run(15_000);
    expect(third.gotOf('request')).toEqual([{ type: 'request', index: 1 }]);
  });
});

/** What a neighbour does next: it sends some bytes of what it owes, rejects it, or leaves and comes back. */
const step = fc.record({
  who: fc.nat(2),
  what: fc.constantFrom(
    'send' as const,
    'send' as const,
    'send' as const,
    'reject' as const,
    'leave' as const,
  ),
  bytes: fc.integer({ min: 1, max: BYTES }),
  waitMs: fc.constantFrom(1, 1, 3000),
});

/** One of three neighbours, which sends what it owes in order. */
class Sender {
  #puppet: Puppet;
  #open = new Map<number, number>();
  #heard = 0;
  sentBytes = 0;

  readonly #stage: PeerStage;
  readonly #name: string;
  readonly #resumes: boolean;

  constructor(stage: PeerStage, name: string, resumes: boolean) {
    this.#stage = stage;
    this.#name = name;
    this.#resumes = resumes;
    this.#puppet = holder(stage, name, { resumes });
  }

  #listen(): void {
    for (const message of this.#puppet.got.slice(this.#heard)) {
      if (message.type === 'request') this.#open.set(message.index, message.offset ?? 0);
      if (message.type === 'cancel' && this.#open.delete(message.index)) {
        this.#puppet.say({ type: 'reject', index: message.index, reason: 'cancelled' });
      }
    }
    this.#heard = this.#puppet.got.length;
  }

  /** Returns whether it owed anything. */
  send(bytes: number): boolean {
    this.#listen();
    const [first] = this.#open;
    if (first === undefined) return false;
    const [index, offset] = first;
    const length = Math.min(bytes, BYTES - offset);
    this.sentBytes += length;
    if (offset + length === BYTES) this.#open.delete(index);
    else this.#open.set(index, offset + length);
    sendPart(this.#puppet, index, offset, length);
    this.#listen();
    return true;
  }

  reject(): void {
    this.#listen();
    const [first] = this.#open;
    if (first === undefined) return;
    this.#open.delete(first[0]);
    this.#puppet.say({ type: 'reject', index: first[0], reason: 'overload' });
  }

  leave(): void {
    this.#puppet.close();
    this.#open.clear();
    this.#heard = 0;
    this.#puppet = holder(this.#stage, this.#name, { resumes: this.#resumes });
  }
}

describe('whatever senders do', () => {
  it('the chunks are right, nobody is blamed, and every byte that came counts once', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        fc.array(step, { maxLength: 60 }),
        (resumes, steps) => {
          const stage = new PeerStage({ totalChunks: 3, held: [] });
          const senders = resumes.map((knows, at) => new Sender(stage, `s${at}`, knows));
          for (const { who, what, bytes, waitMs } of steps) {
            if (what === 'send') senders[who]!.send(bytes);
            else senders[who]![what]();
            stage.run(waitMs);
          }
          for (let round = 0; round < 200 && stage.eventsOf('peer-completed').length === 0; round++) {
            for (const sender of senders) sender.send(BYTES);
            stage.run(1000);
          }
          for (const sender of senders) while (sender.send(BYTES));
          stage.run(10);
          expect(stage.eventsOf('peer-completed')).toHaveLength(1);
          for (const index of [1, 2, 3]) {
            expect(stage.store.chunks.get(index)?.toString()).toBe(contentOf(index));
          }
          expect(stage.eventsOf('peer-banned')).toEqual([]);
          expect(stage.eventsOf('remote-fault')).toEqual([]);
          const counted = [...stage.eventsOf('chunk-received'), ...stage.eventsOf('chunk-discarded')];
          const sent = senders.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
          expect(counted.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(sent);
          for (const { bytes, earlier = [] } of counted) {
            expect(earlier.reduce((sum, share) => sum + share.bytes, 0)).toBeLessThan(bytes);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
