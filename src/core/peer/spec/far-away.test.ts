/** Limits of the spec protocol follow how far away each remote is: none strikes for ever. */
import { describe, expect, test } from 'vitest';
import { answering, other, own, sessionStage } from '../../../../test/support/spec-session-stage.ts';
import { FakeStore, FakeTransport, type FakeConnection } from '../../../../test/support/spec-fakes.ts';
import { VirtualClock } from '../../../sim/engines/virtual/virtual-clock.ts';
import type { SwarmEvent } from '../../events.ts';
import { seededRandom } from '../../random.ts';
import { Ledger } from '../ledger.ts';
import { SpecFetcher } from './fetcher.ts';

describe('a tracker that answers later than the least limit', () => {
  test.each([8, 25, 120])(
    'by %i s in all: is heard in the end, and no connection to it is given up after that',
    (s) => {
      const it = sessionStage({ total: 3 });
      answering(it, (index) => ({ type: 'chunk-from', index, holders: [other] }), s * 1000);
      it.clock.run(15 * 60_000);
      expect(it.told).toContainEqual({ index: 1, hash: undefined, holders: [other] });
      const connections = it.transport.connections.length;
      it.clock.run(60 * 60_000);
      expect(it.told).toContainEqual({ index: 3, hash: undefined, holders: [other] });
      expect(it.transport.connections).toHaveLength(connections);
    },
  );
});

test('a tracker to which connecting took 20 s is waited for by that from the first question on', () => {
  const it = sessionStage({ total: 1 }, {}, { opens: false });
  answering(it, (index) => ({ type: 'chunk-from', index, holders: [other] }), 40_000);
  it.clock.run(20_000);
  it.transport.last.open();
  it.clock.run(70_000);
  expect(it.told).toEqual([{ index: 1, hash: undefined, holders: [other] }]);
  expect(it.transport.connections).toHaveLength(1);
  expect(it.transport.last.messages).toHaveLength(1);
});

describe('a far holder beside a near one', () => {
  const far = { host: 'far', port: 1 };
  const near = { host: 'near', port: 2 };

  /** Both hold everything; each sends a whole chunk so long after it is asked, in parts this far apart. */
  function stageOf({ firstMs, gapMs }: { readonly firstMs: number; readonly gapMs: number }) {
    const total = 40;
    const clock = new VirtualClock();
    const transport = new FakeTransport(clock);
    const store = new FakeStore(total, {});
    const events = { emit: (_: SwarmEvent) => undefined };
    const ledger = new Ledger({ clock, store, events }, 'me');
    transport.onConnect = (connection: FakeConnection) => {
      const isFar = connection.remote.host === 'far';
      const [delayMs, partMs] = isFar ? [firstMs, gapMs] : [10, 10];
      clock.setTimer(delayMs, () => connection.receiveRaw('first, '));
      clock.setTimer(delayMs + partMs, () => {
        connection.receiveRaw('second');
        connection.close({ kind: 'end' });
      });
    };
    const fetcher = new SpecFetcher(
      { clock, transport, events, ledger, random: seededRandom('far') },
      { name: 'me', own },
      {
        onExhausted: () => undefined,
        isBanned: () => false,
        ban: () => undefined,
      },
    );
    return { clock, store, fetcher };
  }

  test.each([
    ['answers', { firstMs: 40_000, gapMs: 10 }],
    ['goes on', { firstMs: 10, gapMs: 40_000 }],
  ])('is waited for until it %s, however quick the near one is', (_, pace) => {
    const { clock, store, fetcher } = stageOf(pace);
    // The far one is listed alone for the first chunk; another of the near one comes every 5 s.
    for (let at = 0; at < 39; at++) {
      fetcher.offer(1, undefined, [far]);
      fetcher.offer(at + 2, undefined, [near]);
      clock.run(clock.now() + 5000);
    }
    expect(store.chunks.get(1)?.toString()).toBe('first, second');
    expect(store.chunks.size).toBe(40);
  });
});
