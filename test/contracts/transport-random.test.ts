import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Clock, Transport } from '../../src/core/interfaces.ts';
import { systemClock } from '../../src/core/node/system-clock.ts';
import { TcpTransport } from '../../src/core/node/tcp/tcp-transport.ts';
import { seededRandom } from '../../src/core/random.ts';
import { MemoryNetwork } from '../../src/sim/engines/virtual/memory-transport.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { shapedTransport } from '../support/shaped-transport.ts';
import { emptyShaping } from '../../src/sim/network/shaping-counters.ts';
import { unlimitedLink, type PlannedLink } from '../../src/sim/plan/plan.ts';
import {
  converse,
  socketWorld,
  virtualWorld,
  type Recorded,
  type TransportWorld,
} from './transport-world.ts';

/** A world in which some time can pass without waiting for anything. */
type RandomWorld = TransportWorld & { pass(ms: number): Promise<void> };

const side = fc.constantFrom('opener' as const, 'accepter' as const);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constant('send' as const), side, bytes: fc.nat(300_000) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('pause' as const, 'resume' as const), side }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('pass' as const), ms: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('end' as const), side }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
const steps = fc.array(step, { maxLength: 40 });
const lastWord = fc.option(fc.record({ at: fc.nat(40), side }), { freq: 3 });

const rate = fc.option(fc.constantFrom(1e5, 1e6, 1e7));
const link: fc.Arbitrary<PlannedLink> = fc
  .record({
    upBytesPerSec: rate,
    downBytesPerSec: rate,
    latencyMs: fc.constantFrom(0, 0, 30),
    jitterMs: fc.option(fc.constant({ kind: 'exponential', mean: 20 } as const)),
  })
  .map((drawn) => ({ ...unlimitedLink, ...drawn }));

class End {
  readonly recorded: Recorded;
  /** Sizes of the chunks that this side sent while it was open. */
  readonly sent: number[] = [];
  #ended = false;

  constructor(recorded: Recorded) {
    this.recorded = recorded;
  }

  send(bytes: number): void {
    const { connection, log } = this.recorded;
    // The handlers answer the remote's end with one of their own.
    const open = !this.#ended && !log.includes('remote-end') && !log.includes('close');
    const message = {
      type: 'chunk',
      index: this.sent.length + 1,
      offset: 0,
      chunkBytes: bytes,
      body: Buffer.alloc(bytes),
    } as const;
    const free = connection.send(message);
    if (open) this.sent.push(bytes);
    else expect(free).toBe(false);
  }

  end(): void {
    this.#ended = true;
    this.recorded.connection.end();
  }

  /** Bytes that came in of each chunk. */
  received(): number[] {
    const bytes: number[] = [];
    for (const message of this.recorded.messages) {
      if (message.type !== 'chunk') continue;
      expect(message.index).toBeGreaterThanOrEqual(bytes.length);
      expect(message.index).toBeLessThanOrEqual(bytes.length + 1);
      bytes[message.index - 1] = (bytes[message.index - 1] ?? 0) + message.body.byteLength;
    }
    return bytes;
  }
}

/** Plays the steps, cut short by an abort if there is one, then ends both sides; checks what must hold of any. */
async function play(
  world: RandomWorld,
  script: readonly Step[],
  abort: { readonly at: number; readonly side: 'opener' | 'accepter' } | null,
): Promise<void> {
  const onRemoteEnd = ({ connection }: Recorded) => connection.end();
  const pair = await converse(world, { opener: { onRemoteEnd }, accepter: { onRemoteEnd } });
  const ends = { opener: new End(pair.opener), accepter: new End(pair.accepter) };
  for (const action of abort === null ? script : script.slice(0, abort.at)) {
    if (action.act === 'pass') await world.pass(action.ms);
    else if (action.act === 'send') ends[action.side].send(action.bytes);
    else if (action.act === 'end') ends[action.side].end();
    else ends[action.side].recorded.connection[action.act]();
  }
  if (abort) ends[abort.side].recorded.connection.abort();
  for (const end of Object.values(ends)) {
    end.recorded.connection.resume();
    end.end();
  }
  await world.until(() => Object.values(ends).every(({ recorded }) => recorded.closes.length > 0));
  await world.pass(100);
  check(ends.opener, ends.accepter, abort !== null);
  check(ends.accepter, ends.opener, abort !== null);
}

function check(receiver: End, sender: End, aborted: boolean): void {
  expect(receiver.recorded.closes).toHaveLength(1);
  expect(receiver.recorded.log.at(-1)).toBe('close');
  const received = receiver.received();
  if (aborted) {
    const whole = received.slice(0, -1);
    expect(whole).toEqual(sender.sent.slice(0, whole.length));
    return;
  }
  expect(received).toEqual(sender.sent);
  expect(receiver.recorded.closes).toEqual([{ kind: 'end' }]);
}

function randomWorld(wrap: (transport: Transport, clock: Clock) => Transport): RandomWorld {
  const clock = new VirtualClock();
  const network = new MemoryNetwork({ clock });
  const near = wrap(network.transport('near'), clock);
  return {
    ...virtualWorld(clock, { near, far: wrap(network.transport('far'), clock) }, Infinity),
    pass(ms) {
      clock.run(clock.now() + ms);
      return Promise.resolve();
    },
  };
}

async function withTcpWorld(use: (world: RandomWorld) => Promise<void>): Promise<void> {
  const clock = systemClock();
  const world = socketWorld(clock, { near: new TcpTransport({ clock }), far: new TcpTransport({ clock }) });
  try {
    await use({
      ...world,
      async pass(ms) {
        for (let turn = 0; turn < ms / 5; turn++) await new Promise(setImmediate);
      },
    });
  } finally {
    world.close();
  }
}

describe('whatever two sides do, all arrives in order, once, and then the end', () => {
  it('in memory', async () => {
    await fc.assert(
      fc.asyncProperty(steps, lastWord, (script, abort) =>
        play(
          randomWorld((transport) => transport),
          script,
          abort,
        ),
      ),
      { numRuns: 300 },
    );
  });

  it('in memory, on any links', async () => {
    await fc.assert(
      fc.asyncProperty(steps, lastWord, link, link, (script, abort, near, far) => {
        const links = [near, far];
        const wrap = (transport: Transport, clock: Clock) =>
          shapedTransport(transport, { clock, random: seededRandom('r') }, links.shift()!, emptyShaping());
        return play(randomWorld(wrap), script, abort);
      }),
      { numRuns: 500 },
    );
  });

  it('on TCP', async () => {
    await fc.assert(
      fc.asyncProperty(steps, lastWord, (script, abort) =>
        withTcpWorld((world) => play(world, script, abort)),
      ),
      { numRuns: 60 },
    );
  });
});
