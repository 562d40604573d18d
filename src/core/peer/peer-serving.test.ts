import { describe, expect, it } from 'vitest';
import { contentOf, PeerStage } from '../../../test/support/peer-stage.ts';
import { StoreError } from '../errors.ts';
import { ChunkSet } from '../chunk-set.ts';

/** From now on a chunk, 2 by default, cannot be read: for the moment, or for good. */
function breakReads({ store }: PeerStage, { gone, broken = 2 }: { gone: boolean; broken?: number }): void {
  const read = store.read.bind(store);
  store.read = (index, offset, length) => {
    if (index !== broken) return read(index, offset, length);
    if (gone) store.chunks.delete(index);
    throw new StoreError('chunk_2 cannot be read');
  };
}

describe('a peer in the swarm protocol: serving', () => {
  const full = { totalChunks: 2, held: [1, 2] };

  it('unchokes who is interested while a slot is free, and sends what is requested, in order', () => {
    const stage = new PeerStage(full, { superSeeding: 'off' });
    const neighbour = stage.neighbour('n', []);
    neighbour.say({ type: 'interested' });
    neighbour.say({ type: 'request', index: 2 }, { type: 'request', index: 1 });
    expect(neighbour.gotOf('unchoke')).toHaveLength(1);
    const parts = neighbour.gotOf('chunk');
    expect(parts.map(({ index }) => index)).toEqual([2, 1]);
    expect(Buffer.from(parts[0]!.body as Buffer).toString()).toBe(contentOf(2));
  });

  it('serves no more neighbours at a time than it has slots, and rejects requests of the others', () => {
    const stage = new PeerStage(full, { superSeeding: 'off', uploadSlots: 1 });
    const first = stage.neighbour('first', [], 7100);
    const second = stage.neighbour('second', [], 7101);
    first.say({ type: 'interested' });
    second.say({ type: 'interested' }, { type: 'request', index: 1 });
    expect(second.gotOf('unchoke')).toEqual([]);
    expect(second.gotOf('reject')).toMatchObject([{ index: 1, reason: 'choked' }]);
    first.say({ type: 'not-interested' });
    expect(second.gotOf('unchoke')).toHaveLength(1);
  });

  it('lets who is not interested for a moment keep a slot that nobody else wants, but no other', () => {
    const stage = new PeerStage(full, { superSeeding: 'off', uploadSlots: 1 });
    const first = stage.neighbour('first', [], 7100);
    first.say({ type: 'interested' }, { type: 'not-interested' });
    stage.run(2500);
    expect(first.gotOf('choke')).toEqual([]);
    first.say({ type: 'interested' }, { type: 'request', index: 1 });
    expect(first.gotOf('chunk')).toHaveLength(1);
    first.say({ type: 'not-interested' });
    const second = stage.neighbour('second', [], 7101);
    second.say({ type: 'interested' });
    expect(first.gotOf('choke')).toHaveLength(1);
    expect(second.gotOf('unchoke')).toHaveLength(1);
  });

  it('takes no slot from anybody who uses it when another becomes free', () => {
    const stage = new PeerStage(full, { superSeeding: 'off', uploadSlots: 2 });
    const [using, leaving, ...waiting] = [7100, 7101, 7102, 7103].map((port) =>
      stage.neighbour(`n ${port}`, [], port),
    );
    for (const neighbour of [using!, leaving!, ...waiting]) neighbour.say({ type: 'interested' });
    using!.say({ type: 'request', index: 1 });
    leaving!.close();
    expect(using!.gotOf('choke')).toEqual([]);
    expect(waiting.filter((neighbour) => neighbour.gotOf('unchoke').length === 1)).toHaveLength(1);
  });

  it('answers every request by the chunk or by one reject: not held, or cancelled before it began', () => {
    const stage = new PeerStage({ totalChunks: 3, held: [1] });
    const neighbour = stage.neighbour('n', []);
    neighbour.say({ type: 'interested' });
    neighbour.say(
      { type: 'request', index: 2 },
      { type: 'request', index: 99 },
      { type: 'request', index: 1 },
    );
    expect(neighbour.gotOf('reject')).toMatchObject([
      { index: 2, reason: 'not-held' },
      { index: 99, reason: 'not-held' },
    ]);
    expect(neighbour.gotOf('chunk')).toHaveLength(1);
    neighbour.say({ type: 'cancel', index: 1 });
    expect(neighbour.gotOf('reject')).toHaveLength(2);
  });

  it('rejects (not held) a chunk whose file is gone, shows it no more, and serves the others', () => {
    const stage = new PeerStage(full, { superSeeding: 'off' });
    breakReads(stage, { gone: true });
    const neighbour = stage.neighbour('n', []);
    neighbour.say({ type: 'interested' });
    neighbour.say({ type: 'request', index: 2 }, { type: 'request', index: 1 });
    expect(neighbour.gotOf('reject')).toMatchObject([{ index: 2, reason: 'not-held' }]);
    expect(neighbour.gotOf('chunk').map(({ index }) => index)).toEqual([1]);
    neighbour.say({ type: 'request', index: 2 });
    expect(stage.eventsOf('node-failed')).toMatchObject([{ code: 'STORE', lostChunk: 2 }]);
    expect(stage.neighbour('late', [], 7101).gotOf('bitfield')[0]?.bits).toEqual(Uint8Array.of(0x80));
    stage.run(2000);
    expect(stage.announces.at(-1)?.bits).toEqual(Uint8Array.of(0x80));
  });

  it('fetches anew a chunk whose file is gone, from a neighbour that has it, and is complete again', () => {
    const stage = new PeerStage(full, { superSeeding: 'off' });
    breakReads(stage, { gone: true });
    const holder = stage.neighbour('holder', [2], 7100);
    const asker = stage.neighbour('asker', [], 7101);
    asker.say({ type: 'interested' }, { type: 'request', index: 2 });
    expect(holder.gotOf('interested')).toHaveLength(1);
    holder.say({ type: 'unchoke' });
    expect(holder.requested).toEqual([2]);
    holder.deliver(2);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    expect(asker.gotOf('have').map(({ index }) => index)).toEqual([2]);
    // Asked for no more, although the holder shows it still.
    stage.run(15_000);
    expect(holder.requested).toEqual([2]);
  });

  it('a lone seeder that has lost a chunk shows all the others', () => {
    const held = Array.from({ length: 12 }, (_, at) => at + 1);
    const stage = new PeerStage({ totalChunks: 12, held });
    const neighbour = stage.neighbour('n', []);
    const shown = (): Set<number> => new Set(neighbour.shown);
    const hidden = held.find((index) => !shown().has(index))!;
    breakReads(stage, { gone: true, broken: hidden });
    neighbour.say({ type: 'interested' }, { type: 'request', index: hidden });
    expect(shown()).toEqual(new Set(held.filter((index) => index !== hidden)));
    const [first] = stage.neighbour('late', [], 7101).gotOf('bitfield');
    const bits = ChunkSet.fromBits(first!.bits, 12)!;
    expect([...bits]).toEqual(held.filter((index) => index !== hidden));
  });

  it('rejects (overload) a chunk that cannot be read for the moment, and goes on showing it', () => {
    const stage = new PeerStage(full, { superSeeding: 'off' });
    breakReads(stage, { gone: false });
    const neighbour = stage.neighbour('n', []);
    neighbour.say({ type: 'interested' });
    neighbour.say({ type: 'request', index: 2 }, { type: 'request', index: 1 });
    expect(neighbour.gotOf('reject')).toMatchObject([{ index: 2, reason: 'overload' }]);
    expect(neighbour.gotOf('chunk').map(({ index }) => index)).toEqual([1]);
    expect(stage.eventsOf('node-failed')[0]).not.toHaveProperty('lostChunk');
    expect(stage.neighbour('late', [], 7101).gotOf('bitfield')[0]?.bits).toEqual(Uint8Array.of(0xc0));
  });

  it('drops who breaks the protocol, naming how', () => {
    const wrongs = [
      { type: 'have', index: 3 },
      { type: 'bitfield', bits: Uint8Array.of(0) },
      { type: 'announce', event: 'update', wanted: 0, bits: Uint8Array.of(0), claims: [] },
      { type: 'handshake', version: 1, name: 'n', port: 1, totalChunks: 2 },
    ] as const;
    for (const wrong of wrongs) {
      const stage = new PeerStage(full);
      const neighbour = stage.neighbour('n', []);
      neighbour.say(wrong);
      expect(stage.eventsOf('remote-fault'), wrong.type).toHaveLength(1);
      expect(neighbour.closes, wrong.type).toHaveLength(1);
    }
  });

  it('ends the connection to a peer that is complete as well', () => {
    const stage = new PeerStage(full);
    const neighbour = stage.neighbour('n', [1, 2]);
    expect(neighbour.closes).toEqual([{ kind: 'end' }]);
    expect(stage.eventsOf('remote-fault')).toEqual([]);
  });

  it('a lone seeder shows each neighbour other chunks, those with the fewest copies first, and serves them', () => {
    const held = Array.from({ length: 12 }, (_, at) => at + 1);
    const stage = new PeerStage({ totalChunks: 12, held });
    const a = stage.neighbour('a', [], 7100);
    const b = stage.neighbour('b', [], 7101);
    expect(a.gotOf('bitfield')[0]?.bits).toEqual(Uint8Array.of(0, 0));
    const shown = [...a.shown, ...b.shown];
    expect(a.shown.length).toBeGreaterThan(0);
    expect(b.shown.length).toBeGreaterThan(0);
    expect(new Set(shown).size).toBe(shown.length);
    const [first] = a.gotOf('have');
    a.say({ type: 'interested' }, { type: 'request', index: first!.index });
    expect(a.gotOf('chunk')).toHaveLength(1);
  });

  it('a lone seeder shows nothing to those whom it does not serve: they could not fetch it, and others could', () => {
    const stage = new PeerStage(full, { uploadSlots: 1 });
    const served = stage.neighbour('served', [], 7100);
    const choked = stage.neighbour('choked', [], 7101);
    expect(new Set(served.shown)).toEqual(new Set([1, 2]));
    expect(choked.shown).toEqual([]);
    served.close();
    expect(new Set(choked.shown)).toEqual(new Set([1, 2]));
  });

  it('a lone seeder serves on a neighbour that has fetched all that it was shown so far', () => {
    const stage = new PeerStage({ totalChunks: 12, held: Array.from({ length: 12 }, (_, at) => at + 1) });
    const neighbour = stage.neighbour('n', [], 7100);
    neighbour.say({ type: 'interested' }, { type: 'not-interested' });
    stage.run(3000);
    expect(neighbour.gotOf('choke')).toEqual([]);
  });

  it('keeps no slot for who says at once that it wants nothing, as a seeder does that hides what it holds', () => {
    const stage = new PeerStage(full, { superSeeding: 'off', uploadSlots: 1 });
    const hiding = stage.neighbour('hiding', [], 7100);
    hiding.say({ type: 'not-interested' });
    stage.run(1500);
    const leecher = stage.neighbour('leecher', [], 7101);
    expect(leecher.gotOf('unchoke')).toHaveLength(1);
    stage.run(1500);
    expect(leecher.gotOf('choke')).toEqual([]);
    const alone = new PeerStage(full);
    expect(alone.neighbour('n', []).gotOf('not-interested')).toHaveLength(1);
  });

  it('neighbours that hold all slots and cannot be reached lose them to one that can', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [1, 2] });
    const stuck = [7100, 7101, 7102, 7103].map((port) => stage.neighbour(`stuck ${port}`, [], port));
    for (const neighbour of stuck) neighbour.say({ type: 'interested' });
    const waiting = stage.neighbour('waiting', [], 7104);
    waiting.say({ type: 'interested' });
    const isServed = (neighbour: typeof waiting): boolean =>
      neighbour.gotOf('unchoke').length > neighbour.gotOf('choke').length;
    expect(stuck.every(isServed)).toBe(true);
    expect(isServed(waiting)).toBe(false);
    stage.run(1500);
    expect(waiting.gotOf('unchoke').length).toBeGreaterThan(0);
    stage.run(6000);
    // Those who are heard of again come before those who are not.
    const back = stuck.find((neighbour) => !isServed(neighbour))!;
    const before = back.gotOf('unchoke').length;
    back.say({ type: 'have', index: 1 });
    stage.run(1200);
    expect(back.gotOf('unchoke').length).toBeGreaterThan(before);
  });

  it('a lone seeder does not wait for a neighbour that stands still', () => {
    const held = Array.from({ length: 64 }, (_, at) => at + 1);
    const stage = new PeerStage({ totalChunks: 64, held });
    const quick = stage.neighbour('quick', [], 7100);
    stage.neighbour('stuck', [], 7101);
    stage.run(1500);
    const tell = (): void => {
      for (const { index } of quick.gotOf('have')) quick.say({ type: 'have', index });
    };
    // It fetches at once whatever it is shown: all of the file without a pause.
    for (let round = 0; round < 64; round++) tell();
    expect(new Set(quick.gotOf('have').map(({ index }) => index)).size).toBe(64);
  });

  it('a seeder shows everything as soon as another full copy exists', () => {
    const held = Array.from({ length: 12 }, (_, at) => at + 1);
    const stage = new PeerStage({ totalChunks: 12, held });
    const a = stage.neighbour('a', [], 7100);
    const complete = stage.neighbour('b', held, 7101);
    expect(new Set(a.shown).size).toBe(12);
    expect(complete.closes).toEqual([{ kind: 'end' }]);
  });
});
