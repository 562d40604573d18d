import { describe, expect, test } from 'vitest';
import { announce, bitsOf, hashOf, TrackerStage } from '../../../test/support/tracker-stage.ts';
import { encodeSwarm } from '../protocol/swarm/encode.ts';
import { CLAIMS_MAX } from '../protocol/swarm/limits.ts';
import { PUSH_GAP_MS } from './limits.ts';

const claim = (index: number, letter: string) => ({ index, bytes: 100, hash: hashOf(letter) });
const ports = (entries: readonly { address: { port: number } }[]) =>
  entries.map(({ address }) => address.port).sort((one, other) => one - other);

describe('handshake', () => {
  test("is answered with the tracker's own, and with the total once it is known", () => {
    const stage = new TrackerStage();
    stage.listening.onListening({ host: '127.0.0.1', port: 5100 });
    const first = stage.swarm(6001, 4);
    expect(first.got()).toEqual([
      { type: 'handshake', version: 1, name: 'tracker', port: 5100, totalChunks: 0 },
    ]);
    first.says(announce(4, {}));
    expect(stage.swarm(6002, 4).got()).toMatchObject([{ type: 'handshake', totalChunks: 4 }]);
  });

  test('a file of another size is refused in order, and who has it is told the right total', () => {
    const stage = new TrackerStage();
    stage.swarm(6001, 4).says(announce(4, {}));
    const stranger = stage.swarm(6002, 5);
    expect(stranger.over).toBe('end');
    expect(stranger.got()).toMatchObject([{ type: 'handshake', name: 'tracker', totalChunks: 4 }]);
    expect(stage.told('remote-fault')[0]!.detail).toBe("its file has 5 chunks, this swarm's has 4");
    stranger.says(announce(5, { 1: 'a' }));
    const third = stage.swarm(6003, 4);
    third.got();
    third.says(announce(4, {}));
    expect(ports(third.peers().peers)).toEqual([6001]);
    expect(stage.told('remote-fault')).toHaveLength(1);
    expect(stage.told('peer-forgotten')).toEqual([]);
  });

  test('two strangers that shake hands before either announces are told apart at the announce', () => {
    const stage = new TrackerStage();
    const [first, second] = [stage.swarm(6001, 4), stage.swarm(6002, 5)];
    first.says(announce(4, {}));
    second.says(announce(5, {}));
    expect(first.over).toBeUndefined();
    expect(second.over).toBe('abort');
  });

  test('no chunks, too many, another version, a second handshake, an announce before it: each is a fault', () => {
    const stage = new TrackerStage();
    stage.swarm(6001, 0);
    stage.swarm(6001, 2 ** 21);
    stage.swarm(6001, 4).says({ type: 'handshake', version: 1, name: '', port: 1, totalChunks: 4 });
    expect(stage.told('remote-fault')).toHaveLength(3);
  });

  test('what only peers say to each other is a fault', () => {
    const stage = new TrackerStage();
    const peer = stage.swarm(6001, 4);
    peer.says(announce(4, { 1: 'a' }));
    peer.says({ type: 'request', index: 1 }, announce(4, { 2: 'a' }));
    expect(peer.over).toBe('abort');
    expect(stage.told('remote-fault')).toHaveLength(1);
    expect(stage.told('peer-forgotten')).toMatchObject([{ address: { port: 6001 } }]);
  });

  test('a bitfield that does not fit the total is a fault', () => {
    const stage = new TrackerStage();
    const short = stage.swarm(6001, 9);
    short.says(announce(8, {}));
    const spare = stage.swarm(6002, 9);
    spare.says(announce(9, {}, { bits: Uint8Array.of(0, 1) }));
    expect([short.over, spare.over]).toEqual(['abort', 'abort']);
  });

  test('when the last peer has gone, another file may come', () => {
    const stage = new TrackerStage();
    const first = stage.swarm(6001, 4);
    first.says(announce(4, { 1: 'a' }));
    first.closes();
    const second = stage.swarm(6002, 5);
    second.says(announce(5, {}));
    expect(second.got()).toMatchObject([{ totalChunks: 0 }, { type: 'peers', agreed: [] }]);
  });
});

describe('announce', () => {
  test('brings other peers, without the asker, at the address it connected from and its listening port', () => {
    const stage = new TrackerStage();
    const [first, second] = [stage.swarm(6001, 4), stage.swarm(6002, 4, '10.0.0.7')];
    first.says(announce(4, {}));
    second.says(announce(4, {}));
    first.got();
    second.got();
    first.says(announce(4, {}));
    second.says(announce(4, {}));
    expect(first.peers()).toEqual({
      type: 'peers',
      peers: [{ address: { host: '10.0.0.7', port: 6002 }, protocol: 'swarm' }],
      agreed: [],
      intervalMs: 10_000,
    });
    expect(second.peers().peers).toEqual([{ address: { host: 'localhost', port: 6001 }, protocol: 'swarm' }]);
  });

  test('brings at most what is wanted and what the tracker gives, and nobody for 0', () => {
    const stage = new TrackerStage({ peersPerAnswer: 7 });
    for (let port = 6001; port <= 6020; port++) stage.swarm(port, 4).says(announce(4, {}));
    const asker = stage.swarm(7000, 4);
    const counts = [0, 3, 50].map((wanted) => {
      asker.got();
      asker.says(announce(4, {}, { wanted }));
      return asker.peers().peers.length;
    });
    expect(counts).toEqual([0, 3, 7]);
  });

  test.each([
    [1500.4, 1500],
    [0, 1],
    [1e12, 2 ** 32 - 1],
  ])('an interval of %d ms is told as %d', (announceIntervalMs, told) => {
    const peer = new TrackerStage({ announceIntervalMs }).swarm(6001, 4);
    peer.got();
    peer.says(announce(4, {}));
    expect(peer.peers().intervalMs).toBe(told);
  });

  test('brings every peer equally often', () => {
    const stage = new TrackerStage();
    for (let port = 6001; port <= 6010; port++) stage.swarm(port, 4).says(announce(4, {}));
    const asker = stage.swarm(7000, 4);
    const seen = new Map<number, number>();
    for (let count = 0; count < 3000; count++) {
      asker.got();
      asker.says(announce(4, {}, { wanted: 3 }));
      for (const port of ports(asker.peers().peers)) seen.set(port, (seen.get(port) ?? 0) + 1);
    }
    // Each is expected 900 times, with a standard deviation of 25.
    expect(seen.size).toBe(10);
    for (const times of seen.values()) expect(Math.abs(times - 900)).toBeLessThan(130);
  });

  test('the same seed brings the same peers', () => {
    const run = (seed: string) => {
      const stage = new TrackerStage({}, seed);
      for (let port = 6001; port <= 6030; port++) stage.swarm(port, 4).says(announce(4, {}));
      const asker = stage.swarm(7000, 4);
      asker.got();
      asker.says(announce(4, {}, { wanted: 5 }));
      return asker.peers().peers.map(({ address }) => address.port);
    };
    expect(run('one')).toEqual(run('one'));
    expect(run('one')).not.toEqual(run('two'));
  });

  test('brings spec clients with the chunks they may be asked for', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    const holder = { host: 'localhost', port: 5001 };
    client.says({ type: 'local-chunk', index: 2, holder }, { type: 'local-chunk', index: 9, holder });
    client.says({ type: 'local-chunk', index: 700, holder });
    const peer = stage.swarm(6001, 10);
    peer.got();
    peer.says(announce(10, {}));
    expect(peer.peers().peers).toEqual([{ address: holder, protocol: 'spec', bits: bitsOf(10, 2, 9) }]);
  });

  test('does not bring a spec client for chunks of which it has another hash, or that still wait', () => {
    const stage = new TrackerStage({ edition: 'hashed', agreement: 2 });
    const client = stage.spec();
    for (const [index, port, letter] of [
      [1, 5001, 'a'],
      [1, 5002, 'a'],
      [1, 5003, 'b'],
      [2, 5002, 'c'],
    ] as const) {
      client.says({ type: 'local-chunk', index, hash: hashOf(letter), holder: { host: 'localhost', port } });
    }
    const peer = stage.swarm(6001, 4);
    peer.got();
    peer.says(announce(4, {}));
    const { peers } = peer.peers();
    expect(ports(peers)).toEqual([5001, 5002]);
    for (const { bits } of peers) expect(bits).toEqual(bitsOf(4, 1));
  });

  test('an address that has changed to the swarm protocol is one peer', () => {
    const stage = new TrackerStage();
    stage.spec().says({ type: 'local-chunk', index: 1, holder: { host: 'localhost', port: 6001 } });
    stage.swarm(6001, 4).says(announce(4, { 1: 'a' }));
    stage.spec().says({ type: 'local-chunk', index: 2, holder: { host: 'localhost', port: 6001 } });
    const peer = stage.swarm(6002, 4);
    peer.got();
    peer.says(announce(4, {}));
    expect(peer.peers().peers).toEqual([{ address: { host: 'localhost', port: 6001 }, protocol: 'swarm' }]);
  });

  test('of a peer that does not listen is answered, but the peer is not given out and agrees on nothing', () => {
    const stage = new TrackerStage();
    const mute = stage.swarm(0, 4);
    mute.says(announce(4, { 1: 'a' }));
    expect(mute.got()).toMatchObject([{ type: 'handshake' }, { type: 'peers', agreed: [] }]);
    const peer = stage.swarm(6001, 4);
    peer.got();
    peer.says(announce(4, {}));
    expect(peer.peers()).toMatchObject({ peers: [], agreed: [] });
  });
});

describe('agreed hashes', () => {
  test('come with the answer, each once a connection', () => {
    const stage = new TrackerStage();
    stage.swarm(6001, 4).says(announce(4, { 1: 'a', 2: 'b' }));
    const peer = stage.swarm(6002, 4);
    peer.got();
    peer.says(announce(4, {}));
    expect(peer.peers().agreed).toEqual([claim(1, 'a'), claim(2, 'b')]);
    peer.says(announce(4, {}));
    expect(peer.peers().agreed).toEqual([]);
    const again = stage.swarm(6003, 4);
    again.got();
    again.says(announce(4, {}));
    expect(again.peers().agreed).toHaveLength(2);
  });

  test('are pushed to connected peers when they are reached later, in batches', () => {
    const stage = new TrackerStage();
    const [waiting, silent] = [stage.swarm(6001, 9), stage.swarm(6002, 9)];
    waiting.says(announce(9, {}));
    waiting.got();
    silent.got();
    const seeder = stage.swarm(6003, 9);
    seeder.says(announce(9, { 1: 'a', 2: 'b' }));
    stage.clock.run(0);
    expect(waiting.peers()).toEqual({
      type: 'peers',
      peers: [],
      agreed: [claim(1, 'a'), claim(2, 'b')],
      intervalMs: 10_000,
    });
    seeder.says(announce(9, { 1: 'a', 3: 'c' }));
    seeder.says(announce(9, { 1: 'a', 4: 'd' }));
    stage.clock.run(PUSH_GAP_MS - 1);
    expect(waiting.got()).toEqual([]);
    stage.clock.run(PUSH_GAP_MS);
    expect(waiting.peers().agreed).toEqual([claim(3, 'c'), claim(4, 'd')]);
    // Who has not announced yet is told with the answer to its first announce.
    expect(silent.got()).toEqual([]);
  });

  test('need as many different holders as the option says', () => {
    const stage = new TrackerStage({ agreement: 2 });
    const [first, second] = [stage.swarm(6001, 4), stage.swarm(6002, 4)];
    first.says(announce(4, { 1: 'a', 2: 'b' }));
    first.says(announce(4, { 1: 'a', 2: 'b' }));
    stage.clock.run(100);
    expect(first.got().flatMap((m) => (m.type === 'peers' ? m.agreed : []))).toEqual([]);
    second.says(announce(4, { 1: 'a', 2: 'c' }));
    stage.clock.run(200);
    expect(first.peers().agreed).toEqual([claim(1, 'a')]);
  });

  test('stand while one of the peers that agreed is there, and give way once nobody claims them any more', () => {
    const stage = new TrackerStage();
    const witness = stage.swarm(6009, 4);
    witness.says(announce(4, {}));
    const first = stage.swarm(6001, 4);
    first.says(announce(4, { 1: 'a' }));
    first.closes();
    const [second, third] = [stage.swarm(6002, 4), stage.swarm(6003, 4)];
    third.got();
    second.says(announce(4, { 1: 'a' }));
    third.says(announce(4, { 1: 'b' }));
    expect(third.peers().agreed).toEqual([claim(1, 'a')]);
    witness.got();
    second.closes();
    stage.clock.run(1000);
    expect(third.peers().agreed).toEqual([claim(1, 'b')]);
    expect(witness.peers().agreed).toEqual([claim(1, 'b')]);
    expect(stage.told('content-changed')).toMatchObject([{ index: 1, hash: hashOf('b') }]);
  });

  test('that a spec client told are told when a swarm peer has added the size', () => {
    const stage = new TrackerStage({ edition: 'hashed' });
    const peer = stage.swarm(6001, 4);
    peer.says(announce(4, {}));
    peer.got();
    const holder = { host: 'localhost', port: 5001 };
    stage.spec().says({ type: 'local-chunk', index: 1, hash: hashOf('a'), holder });
    stage.clock.run(100);
    expect(peer.got()).toEqual([]);
    stage.swarm(6002, 4).says(announce(4, { 1: 'a' }));
    stage.clock.run(stage.clock.now() + PUSH_GAP_MS);
    expect(peer.peers().agreed).toEqual([claim(1, 'a')]);
  });

  test('above the limit of a frame come in several, and wait while the peer does not read', () => {
    const total = CLAIMS_MAX + 10;
    const stage = new TrackerStage();
    const seeder = stage.swarm(6001, total);
    const bits = new Uint8Array(Math.ceil(total / 8));
    const claims = Array.from({ length: total }, (_, at) => {
      bits[at >> 3]! |= 0x80 >> (at & 7);
      return claim(at + 1, 'a');
    });
    seeder.says({ ...announce(total, {}), bits, claims } as never);
    const peer = stage.swarm(6002, total);
    peer.got();
    peer.reads = false;
    peer.says(announce(total, {}));
    expect(peer.paused).toBe(true);
    const first = peer.peers();
    expect(first.agreed).toHaveLength(CLAIMS_MAX);
    expect(() => encodeSwarm(first)).not.toThrow();
    peer.reads = true;
    peer.handlers.onDrain?.();
    expect(peer.peers().agreed).toHaveLength(10);
    expect(peer.paused).toBe(false);
  });
});

describe('a swarm peer is forgotten', () => {
  function swarm() {
    const stage = new TrackerStage({ silenceLimitMs: 1000 });
    const peer = stage.swarm(6001, 4);
    peer.says(announce(4, { 1: 'a' }));
    const other = stage.swarm(6002, 4);
    other.says(announce(4, {}));
    return { stage, peer, other };
  }
  const others = (other: ReturnType<typeof swarm>['other']) => {
    other.got();
    other.says(announce(4, {}));
    return other.peers().peers;
  };

  test('at once when it disconnects', () => {
    const { stage, peer, other } = swarm();
    peer.closes({ kind: 'reset', detail: 'killed' });
    expect(stage.told('peer-forgotten')).toEqual([
      {
        type: 'peer-forgotten',
        atMs: 0,
        peer: 'tracker',
        address: { host: 'localhost', port: 6001 },
        reason: 'disconnected',
      },
    ]);
    expect(others(other)).toEqual([]);
  });

  test('when it says that it stops', () => {
    const { stage, peer, other } = swarm();
    peer.says(announce(4, {}, { event: 'stopped' }));
    stage.clock.run(10);
    expect(stage.told('peer-forgotten').map(({ reason }) => reason)).toEqual(['stopped']);
    expect(peer.over).toBe('end');
    expect(others(other)).toEqual([]);
  });

  test('after the silence limit, which a keep-alive begins anew', () => {
    const { stage, peer, other } = swarm();
    stage.clock.run(600);
    other.says({ type: 'keep-alive' });
    stage.clock.run(999);
    expect(peer.over).toBeUndefined();
    stage.clock.run(1000);
    expect(peer.over).toBe('abort');
    stage.clock.run(1599);
    expect(stage.told('peer-forgotten')).toMatchObject([{ atMs: 1000, reason: 'silent' }]);
    expect(other.over).toBeUndefined();
    expect(others(other)).toEqual([]);
  });

  test('and so is a connection that never says anything, without an event', () => {
    const stage = new TrackerStage({ silenceLimitMs: 1000 });
    const remote = stage.swarm(6001, 4);
    stage.clock.run();
    expect(remote.over).toBe('abort');
    expect(stage.told('peer-forgotten')).toEqual([]);
  });

  test('in favour of its new connection when it comes again before the old one has ended', () => {
    const { stage, peer, other } = swarm();
    const again = stage.swarm(6001, 4);
    again.says(announce(4, { 1: 'a' }));
    expect(peer.over).toBe('end');
    peer.says(announce(4, {}));
    stage.clock.run(10);
    expect(ports(others(other))).toEqual([6001]);
    again.closes();
    expect(others(other)).toEqual([]);
  });
});
