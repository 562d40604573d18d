import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOf, type Remote, TrackerStage } from '../../../test/support/tracker-stage.ts';
import { TransportError } from '../errors.ts';
import { isSwarmMessage } from '../protocol/swarm-message.ts';
import type { Message } from '../protocol/messages.ts';
import { encodeSpec } from '../protocol/spec/encode.ts';
import { encodeSwarm } from '../protocol/swarm/encode.ts';
import { CLOSE_GRACE_MS } from './limits.ts';

const index = fc.integer({ min: 1, max: 12 });
const holder = fc.record({
  host: fc.constantFrom('localhost', '127.0.0.1', 'h'.repeat(255), '10.0.0.1'),
  port: fc.integer({ min: 1, max: 5 }),
});
const hash = fc.constantFrom(hashOf('a'), hashOf('b'));
const specMessage: fc.Arbitrary<Message> = fc.oneof(
  fc.record(
    { type: fc.constant('local-chunk' as const), index, hash, holder },
    { requiredKeys: ['type', 'index', 'holder'] },
  ),
  fc.record(
    { type: fc.constant('where-chunk' as const), index, terminated: fc.boolean() },
    { requiredKeys: ['type', 'index'] },
  ),
  fc.record({ type: fc.constant('request-chunk' as const), index }),
);
const swarmMessage: fc.Arbitrary<Message> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<Message>({ type: 'keep-alive' }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('have' as const), index }) },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant('announce' as const),
      event: fc.constantFrom('started' as const, 'update' as const, 'stopped' as const),
      wanted: fc.nat(200),
      bits: fc.constantFrom(
        Uint8Array.of(0, 0),
        Uint8Array.of(0xff, 0xc0),
        Uint8Array.of(0x80, 0),
        Uint8Array.of(1),
      ),
      claims: fc.array(fc.record({ index, hash, bytes: fc.constantFrom(0, 7) }), { maxLength: 12 }),
    }),
  },
);
type Act =
  | { readonly kind: 'spec'; readonly who: number; readonly message: Message }
  | { readonly kind: 'swarm'; readonly who: number; readonly message: Message }
  | { readonly kind: 'close'; readonly who: number; readonly protocol: boolean }
  | { readonly kind: 'wait'; readonly ms: number };
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('spec' as const), who: fc.nat(3), message: specMessage }),
  fc.record({ kind: fc.constant('swarm' as const), who: fc.nat(5), message: swarmMessage }),
  fc.record({ kind: fc.constant('close' as const), who: fc.nat(5), protocol: fc.boolean() }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(20_000) }),
);

/** Plays the acts; returns all that the remotes got. */
function play(
  acts: readonly Act[],
  agreement: number,
): { readonly stage: TrackerStage; readonly got: Message[] } {
  const stage = new TrackerStage({ agreement });
  const remotes = new Map<string, Remote>();
  const got: Message[] = [];
  const remote = (name: string, connect: () => Remote): Remote => {
    let found = remotes.get(name);
    if (found === undefined || found.over !== undefined) {
      got.push(...(found?.got() ?? []));
      found = connect();
      remotes.set(name, found);
    }
    return found;
  };
  for (const step of acts) {
    if (step.kind === 'wait') stage.clock.run(stage.clock.now() + step.ms);
    else if (step.kind === 'spec') remote(`spec ${step.who}`, () => stage.spec()).says(step.message);
    else if (step.kind === 'swarm') {
      // Three addresses for six connections: peers come again before they have gone. One is of another file.
      const connect = () => stage.swarm(step.who % 3, step.who === 5 ? 9 : 10);
      remote(`swarm ${step.who}`, connect).says(step.message);
    } else {
      remotes
        .get(`swarm ${step.who}`)
        ?.closes(step.protocol ? { kind: 'protocol', detail: 'x' } : { kind: 'end' });
    }
  }
  for (const each of remotes.values()) got.push(...each.got());
  return { stage, got };
}

describe('whatever remotes say', () => {
  test.each([1, 2])('the tracker says only what can be sent, with an agreement of %i', (agreement) => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        for (const message of play(acts, agreement).got) {
          if (!isSwarmMessage(message)) expect(encodeSpec(message).length).toBeLessThan(1024);
          else encodeSwarm(message);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('no connection and no timer is left when the tracker has closed', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const { stage } = play(acts, 1);
        let closed = 0;
        stage.tracker.close(() => closed++);
        stage.clock.run();
        expect(closed).toBe(1);
        expect(stage.clock.pending).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('the same acts and seed have the same answers and events', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const [first, second] = [play(acts, 2), play(acts, 2)];
        expect(first.got).toEqual(second.got);
        expect(first.stage.events).toEqual(second.stage.events);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the tracker', () => {
  test('tells where it listens', () => {
    const stage = new TrackerStage();
    expect(stage.tracker.address).toBeUndefined();
    stage.listening.onListening({ host: '127.0.0.1', port: 5100 });
    expect(stage.tracker.address).toEqual({ host: '127.0.0.1', port: 5100 });
    expect(stage.told('tracker-started')).toHaveLength(1);
  });

  test('tells that it cannot listen', () => {
    const stage = new TrackerStage();
    stage.listening.onError(new TransportError('port 5100 is in use'));
    expect(stage.told('node-failed')).toMatchObject([{ code: 'TRANSPORT', detail: 'port 5100 is in use' }]);
  });

  test('ends all connections when it closes, and says when the last one has closed', () => {
    const stage = new TrackerStage();
    const [client, peer] = [stage.spec(), stage.swarm(6001, 4)];
    let closed = 0;
    stage.tracker.close(() => closed++);
    expect([client.over, peer.over, stage.listenerClosed, closed]).toEqual(['end', 'end', true, 0]);
    stage.clock.run();
    expect(closed).toBe(1);
    expect(stage.told('peer-forgotten')).toEqual([]);
    expect(stage.clock.pending).toBe(0);
  });

  test('aborts a connection that does not end', () => {
    const stage = new TrackerStage();
    const client = stage.spec();
    client.end = () => undefined;
    let closed = 0;
    stage.tracker.close(() => closed++);
    stage.clock.run(CLOSE_GRACE_MS - 1);
    expect([client.over, closed]).toEqual([undefined, 0]);
    stage.clock.run();
    expect([client.over, closed]).toEqual(['abort', 1]);
  });

  test('closes at once without connections, and takes none afterwards', () => {
    const stage = new TrackerStage();
    let closed = 0;
    stage.tracker.close(() => closed++);
    expect(closed).toBe(1);
    expect(stage.spec().over).toBe('abort');
  });
});

describe('a tracker that takes over what a former one knew', () => {
  const announce = (bits: number, wanted = 10): Message => ({
    type: 'announce',
    event: 'started',
    wanted,
    bits: Uint8Array.of(bits),
    claims: [],
  });

  test('names its peers before they have come back, and forgets those that do not', () => {
    const former = new TrackerStage();
    for (const port of [7001, 7002]) former.swarm(port, 2).says(announce(0xc0));
    const stage = new TrackerStage({ silenceLimitMs: 5000 }, 'again', former.tracker.memory);
    const back = stage.swarm(7001, 2);
    back.got();
    back.says(announce(0xc0));
    expect(back.peers().peers.map(({ address }) => address.port)).toEqual([7002]);
    stage.clock.run(4000);
    back.says({ type: 'keep-alive' });
    stage.clock.run(6000);
    const forgotten = stage.events.filter(({ type }) => type === 'peer-forgotten');
    expect(forgotten).toMatchObject([{ address: { port: 7002 }, reason: 'silent' }]);
    const late = stage.swarm(7003, 2);
    late.got();
    late.says(announce(0));
    expect(late.peers().peers.map(({ address }) => address.port)).toEqual([7001]);
  });

  test('does not forget them because the first that came back has left again', () => {
    const former = new TrackerStage();
    for (const port of [7001, 7002]) former.swarm(port, 2).says(announce(0xc0));
    const stage = new TrackerStage({}, 'again', former.tracker.memory);
    const back = stage.swarm(7001, 2);
    back.says(announce(0xc0));
    back.closes();
    const next = stage.swarm(7003, 2);
    next.got();
    next.says(announce(0));
    expect(next.peers().peers.map(({ address }) => address.port)).toEqual([7002]);
  });
});
