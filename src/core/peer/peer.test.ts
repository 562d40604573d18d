import { describe, expect, it } from 'vitest';
import { claimOf, contentOf, PeerStage } from '../../../test/support/peer-stage.ts';
import { pickerNames } from './swarm/pickers/pickers.ts';

describe('a peer in the swarm protocol: downloading', () => {
  it('shakes hands, shows what it holds, unchokes who lacks that, and is interested only in who has what it needs', () => {
    const stage = new PeerStage({ totalChunks: 3, held: [1] });
    const useful = stage.neighbour('useful', [2], 7100);
    const useless = stage.neighbour('useless', [1], 7101);
    expect(useful.got.map(({ type }) => type)).toEqual([
      'handshake',
      'resumes',
      'any-order',
      'bitfield',
      'unchoke',
      'interested',
    ]);
    expect(useful.gotOf('bitfield')[0]?.bits).toEqual(Uint8Array.of(0x80));
    expect(useless.gotOf('interested')).toEqual([]);
  });

  it('lets others choose the order of its requests only if its picker does not mind', () => {
    for (const picker of pickerNames) {
      const neighbour = new PeerStage({ totalChunks: 1, held: [] }, { picker }).neighbour('n', [1]);
      expect(neighbour.gotOf('any-order')).toHaveLength(picker === 'rarest-first' ? 1 : 0);
    }
  });

  it('requests nothing before it is unchoked, and then only chunks that the neighbour has and it lacks', () => {
    const stage = new PeerStage({ totalChunks: 4, held: [1] });
    const neighbour = stage.neighbour('n', [1, 3]);
    expect(neighbour.requested).toEqual([]);
    neighbour.say({ type: 'unchoke' });
    expect(neighbour.requested).toEqual([3]);
  });

  it('requests no chunk whose hash the swarm has not agreed on', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [] });
    // The stage's tracker agrees on every chunk, so the chunk in question is one of a peer without a tracker.
    const lonely = new PeerStage({ totalChunks: 2, held: [] }, { tracker: { host: 'nowhere', port: 1 } });
    for (const { world, expected } of [
      { world: stage, expected: 2 },
      { world: lonely, expected: 0 },
    ]) {
      const neighbour = world.neighbour('n', [1, 2]);
      neighbour.say({ type: 'unchoke' });
      expect(neighbour.requested).toHaveLength(expected);
    }
  });

  it('completes, tells every neighbour of each chunk, and the tracker at once', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [] });
    const source = stage.neighbour('source', [1, 2], 7100);
    const other = stage.neighbour('other', [], 7101);
    source.say({ type: 'unchoke' });
    for (const index of source.requested) source.deliver(index);
    expect(
      stage
        .eventsOf('chunk-received')
        .map(({ index }) => index)
        .sort(),
    ).toEqual([1, 2]);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    expect([...other.shown].sort()).toEqual([1, 2]);
    expect(stage.announces.at(-1)).toMatchObject({ event: 'completed', wanted: 0 });
    expect(stage.store.chunks.get(2)?.toString()).toBe(contentOf(2));
  });

  it('shows chunks that come in quick succession together, and takes such a message as a have for each', () => {
    const stage = new PeerStage({ totalChunks: 8, held: [] });
    const source = stage.neighbour('source', [], 7100);
    const other = stage.neighbour('other', [], 7101);
    source.say({ type: 'have-many', indices: [1, 2, 3, 4, 5, 6] }, { type: 'unchoke' });
    while (source.requested.length > stage.eventsOf('chunk-received').length) {
      for (const index of source.requested.slice(stage.eventsOf('chunk-received').length))
        source.deliver(index);
    }
    stage.run(20);
    expect([...other.shown].sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(other.gotOf('have').length + other.gotOf('have-many').length).toBeLessThan(6);
  });

  it('says that it is interested at once, and that it is no longer only when that lasts', () => {
    const stage = new PeerStage({ totalChunks: 3, held: [] });
    const source = stage.neighbour('source', [1], 7100);
    source.say({ type: 'unchoke' });
    source.deliver(1);
    stage.run(20);
    source.say({ type: 'have', index: 2 });
    stage.run(500);
    expect(source.gotOf('interested')).toHaveLength(1);
    expect(source.gotOf('not-interested')).toEqual([]);
    source.deliver(2);
    stage.run(150);
    expect(source.gotOf('not-interested')).toHaveLength(1);
  });

  it('bans who sends a bad chunk, never asks it again, and gets the chunk from another', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const liar = stage.neighbour('liar', [1], 7100);
    liar.say({ type: 'unchoke' });
    liar.deliver(1, contentOf(1).toUpperCase());
    expect(liar.closes).toEqual([{ kind: 'reset', detail: expect.any(String) }]);
    expect(stage.eventsOf('peer-banned')).toMatchObject([{ address: { host: 'liar', port: 7100 } }]);
    expect(stage.eventsOf('chunk-discarded')).toMatchObject([{ index: 1, reason: 'corrupt' }]);
    const again = stage.neighbour('liar', [1], 7100);
    expect(again.closes).toHaveLength(1);
    const honest = stage.neighbour('honest', [1], 7101);
    honest.say({ type: 'unchoke' });
    honest.deliver(1);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
  });

  it('bans who sends a chunk of another size, at the first part', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const liar = stage.neighbour('liar', [1]);
    liar.say({ type: 'unchoke' });
    liar.say({ type: 'chunk', index: 1, offset: 0, chunkBytes: 1_000_000, body: Buffer.from('x') });
    expect(stage.eventsOf('peer-banned')).toHaveLength(1);
  });

  it('drops who sends a chunk that was not requested, or one with a gap', () => {
    for (const part of [
      { index: 2, offset: 0 },
      { index: 1, offset: 3 },
    ]) {
      const stage = new PeerStage({ totalChunks: 2, held: [] });
      const neighbour = stage.neighbour('n', [1]);
      neighbour.say({ type: 'unchoke' });
      const body = Buffer.from('x');
      neighbour.say({ type: 'chunk', ...part, chunkBytes: claimOf(1).bytes, body });
      expect(stage.eventsOf('remote-fault')).toHaveLength(1);
      expect(neighbour.closes).toHaveLength(1);
    }
  });

  it('asks another when a neighbour leaves with a chunk half sent', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const first = stage.neighbour('first', [1], 7100);
    first.say({ type: 'unchoke' });
    first.say({
      type: 'chunk',
      index: 1,
      offset: 0,
      chunkBytes: claimOf(1).bytes,
      body: Buffer.from('cont'),
    });
    const second = stage.neighbour('second', [1], 7101);
    second.say({ type: 'unchoke' });
    expect(second.requested).toEqual([]);
    first.close();
    expect(second.requested).toEqual([1]);
    expect(stage.eventsOf('chunk-discarded')).toEqual([]);
  });

  it('asks another when a neighbour is silent that owes a chunk, keeps what has come of it, and takes what comes first', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const slow = stage.neighbour('slow', [1], 7100);
    slow.say({ type: 'unchoke' });
    stage.run(12_000);
    expect(slow.gotOf('cancel')).toEqual([]);
    const other = stage.neighbour('other', [1], 7101);
    other.say({ type: 'unchoke' });
    expect(other.requested).toEqual([1]);
    slow.deliver(1);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    expect(stage.eventsOf('chunk-discarded')).toEqual([]);
    expect(other.gotOf('cancel')).toMatchObject([{ index: 1 }]);
  });

  it('does not ask a neighbour again for what it rejected as not held, before it shows it anew', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [2] });
    const liar = stage.neighbour('liar', [1, 2]);
    liar.say({ type: 'unchoke' });
    liar.say({ type: 'reject', index: 1, reason: 'not-held' });
    stage.run(30_000);
    expect(liar.requested).toEqual([1]);
    liar.say({ type: 'have', index: 1 });
    stage.run(32_000);
    expect(liar.requested).toEqual([1, 1]);
  });

  it('end-game: a chunk that a stalled neighbour owes is requested from an idle one too, and the later copy is cancelled', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [] });
    const stalled = stage.neighbour('stalled', [1], 7100);
    stalled.say({ type: 'unchoke' });
    const quick = stage.neighbour('quick', [1, 2], 7101);
    quick.say({ type: 'unchoke' });
    expect(quick.requested).toEqual([2]);
    quick.deliver(2);
    stage.run(3000);
    expect(quick.requested).toEqual([2, 1]);
    quick.deliver(1);
    expect(stalled.gotOf('cancel')).toMatchObject([{ index: 1 }]);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
  });

  it('goes on with other neighbours after a choke, and keeps what was being sent', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [] });
    const neighbour = stage.neighbour('n', [1, 2], 7100);
    neighbour.say({ type: 'unchoke' });
    const [first, second] = neighbour.requested as [number, number];
    neighbour.say({ type: 'choke' }, { type: 'reject', index: second, reason: 'choked' });
    neighbour.deliver(first);
    expect(stage.eventsOf('chunk-received').map(({ index }) => index)).toEqual([first]);
    const other = stage.neighbour('o', [1, 2], 7101);
    other.say({ type: 'unchoke' });
    expect(other.requested).toEqual([second]);
  });
});

describe('a neighbour that rejects what it is asked for, although it has unchoked the peer', () => {
  it.each(['choked', 'cancelled', 'overload'] as const)(
    'as %s: is asked again after a second, no sooner',
    (reason) => {
      const stage = new PeerStage({ totalChunks: 1, held: [] });
      const neighbour = stage.neighbour('n', [1]);
      neighbour.say({ type: 'unchoke' });
      for (let round = 1; round <= 3; round++) {
        expect(neighbour.requested).toHaveLength(round);
        neighbour.say({ type: 'reject', index: 1, reason });
        stage.run(900);
        expect(neighbour.requested).toHaveLength(round);
        stage.run(1200);
      }
      neighbour.deliver(1);
      expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    },
  );

  it('as choked, and chokes: is asked again as soon as it unchokes', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const neighbour = stage.neighbour('n', [1]);
    neighbour.say({ type: 'unchoke' });
    neighbour.say({ type: 'choke' }, { type: 'reject', index: 1, reason: 'choked' }, { type: 'unchoke' });
    expect(neighbour.requested).toEqual([1, 1]);
  });
});

describe('a peer in the swarm protocol: connections', () => {
  it('refuses a neighbour whose file has another number of chunks, and one that is itself', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [] });
    const connection = stage.network.transport('x').connect({ host: 'peer', port: 7001 }, 'swarm');
    const closes: unknown[] = [];
    connection.setHandlers({ onMessage: () => undefined, onClose: (reason) => closes.push(reason) });
    connection.send({ type: 'handshake', version: 1, name: 'x', port: 1, totalChunks: 3 });
    stage.run(1);
    expect(closes).toHaveLength(1);
    expect(stage.eventsOf('remote-fault')[0]?.detail).toContain('3 chunks, ours 2');
    expect(stage.neighbour('peer', [1], 7001).closes).toHaveLength(1);
  });

  it('trades with a peer on another machine that has the same name and the same port', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const namesake = stage.neighbour('peer', [1], 7001, '10.0.0.2');
    namesake.say({ type: 'unchoke' });
    namesake.deliver(1);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
  });

  it('dials peers that the tracker names, and tries again later, ever less often, when one cannot be reached', () => {
    const address = { host: 'ghost', port: 9 };
    const stage = new PeerStage({ totalChunks: 1, held: [], peers: [{ address, protocol: 'swarm' }] });
    stage.run(20_000);
    const times = stage.eventsOf('connection-failed').map(({ atMs }) => Math.round(atMs / 1000));
    expect(times.length).toBeGreaterThanOrEqual(4);
    expect(times.length).toBeLessThanOrEqual(6);
  });

  it('dials who had connected to it when that connection breaks, even if no tracker tells of it', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    stage.neighbour('n', [1], 7105).reset();
    stage.run(5_000);
    expect(stage.eventsOf('connection-failed').at(-1)?.address).toEqual({ host: 'n', port: 7105 });
    expect(stage.eventsOf('connection-failed').length).toBeGreaterThan(1);
  });

  it('does not dial who had connected to it and broke the protocol', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    stage.neighbour('n', [1], 7105).say({ type: 'have', index: 9 });
    stage.run(5_000);
    expect(stage.eventsOf('remote-fault')).toHaveLength(1);
    expect(stage.eventsOf('connection-failed')).toEqual([]);
  });

  it('keeps at most maxConnections neighbours', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] }, { maxConnections: 2 });
    const open = [1, 2, 3]
      .map((at) => stage.neighbour(`n${at}`, [], 7100 + at))
      .filter((n) => n.closes.length === 0);
    expect(open).toHaveLength(2);
  });

  it('leaves in order: tells the tracker, closes every connection, then says so', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [] });
    const neighbour = stage.neighbour('n', [1]);
    stage.peer.leave();
    stage.run(3000);
    expect(stage.announces.at(-1)?.event).toBe('stopped');
    expect(neighbour.closes).toEqual([{ kind: 'end' }]);
    expect(stage.events.at(-1)?.type).toBe('peer-left');
    expect(stage.clock.pending).toBe(0);
  });

  it('asks for nothing and unchokes nobody any more once it leaves', () => {
    const stage = new PeerStage({ totalChunks: 5, held: [1, 2] }, { uploadSlots: 1 });
    const puppets = ['one', 'two', 'three'].map((name, at) => stage.neighbour(name, [3, 4, 5], 7100 + at));
    for (const puppet of puppets) puppet.say({ type: 'unchoke' }, { type: 'interested' });
    expect(puppets.map(({ requested }) => requested.length)).toEqual([2, 1, 0]);
    const before = puppets.map(({ got }) => got.length);
    const eventsBefore = stage.events.length;
    stage.peer.leave();
    stage.run(3000);
    expect(puppets.flatMap(({ got }, at) => got.slice(before[at]))).toEqual([]);
    expect(stage.events.slice(eventsBefore).map(({ type }) => type)).toEqual(['peer-left']);
  });

  it('tells a tracker that it leaves, although that has not said a word yet', () => {
    const stage = new PeerStage({ totalChunks: 1, held: [], trackerTotal: 'unsaid' });
    expect(stage.eventsOf('tracker-found')).toEqual([]);
    stage.peer.leave();
    stage.run(3000);
    expect(stage.announces.map(({ event }) => event)).toEqual(['started', 'stopped']);
  });

  it('survives the loss of its tracker: goes on trading, tries again, and announces everything anew', () => {
    const stage = new PeerStage({ totalChunks: 2, held: [1] });
    const before = stage.announces.length;
    stage.network.crash('tracker');
    stage.run(1);
    const neighbour = stage.neighbour('n', [2]);
    neighbour.say({ type: 'unchoke' });
    neighbour.deliver(2);
    expect(stage.eventsOf('peer-completed')).toHaveLength(1);
    expect(stage.eventsOf('tracker-lost').length).toBeGreaterThan(0);
    expect(stage.announces).toHaveLength(before);
  });
});
