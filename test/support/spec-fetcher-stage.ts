/** A spec fetcher whose holders are the test. */
import { addressKey } from '../../src/core/address.ts';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { Address } from '../../src/core/interfaces.ts';
import { Ledger } from '../../src/core/peer/ledger.ts';
import { SpecFetcher } from '../../src/core/peer/spec/fetcher.ts';
import { seededRandom } from '../../src/core/random.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { FakeStore, FakeTransport } from './spec-fakes.ts';

export const own = { host: 'localhost', port: 5001 };
export const [a, b, c] = [5002, 5003, 5004].map((port) => ({ host: 'localhost', port })) as [
  Address,
  Address,
  Address,
];
export const RESET = { kind: 'reset', detail: 'reset' } as const;
export const END = { kind: 'end' } as const;

export function fetcherStage({
  total = 4,
  held = {},
  parallel,
  refresh = false,
}: { total?: number; held?: Record<number, string>; parallel?: number; refresh?: boolean } = {}) {
  const clock = new VirtualClock();
  const transport = new FakeTransport(clock);
  const events: SwarmEvent[] = [];
  const sink = { emit: (event: SwarmEvent) => events.push(event) };
  const store = new FakeStore(total, held);
  const ledger = new Ledger({ clock, store, events: sink }, 'me');
  const exhausted: number[] = [];
  const banned = new Set<string>();
  const refreshed: number[] = [];
  const fetcher = new SpecFetcher(
    { clock, transport, events: sink, ledger, random: seededRandom('fetcher') },
    { name: 'me', own, ...(parallel === undefined ? {} : { parallel }) },
    {
      onExhausted: (index) => exhausted.push(index),
      refresh: (index) => refresh && refreshed.push(index) > 0,
      isBanned: (address) => banned.has(addressKey(address)),
      ban: (address) => banned.add(addressKey(address)),
    },
  );
  const ports = () => transport.connections.map(({ remote }) => remote.port);
  return { clock, transport, events, store, ledger, exhausted, banned, refreshed, fetcher, ports };
}
