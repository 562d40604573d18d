import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../../core/events.ts';
import { expand } from '../../expand/expand.ts';
import { parseScenario } from '../../scenario/parse.ts';
import { hostOf } from './addresses.ts';
import { virtualEngine } from './virtual-engine.ts';

const END_MS = 20_000;

/** When the seeder hears that its connection to the peer that goes for good after 5 s is lost. */
async function heardAt(how: 'crash' | 'graceful', fault: string): Promise<number[]> {
  const text = `
seed: 1
engine: virtual
content: { generate: { size: 4MiB, chunk_size: 64KiB } }
defaults: { link: { up: 1Mbit/s, latency: 10ms } }
peers:
  seeder: { holds: all }
  goer: { must_complete: false, session: { leave: { after: 5s, how: ${how} } } }
  leecher: {}
faults: [{ at: 2s, for: ${END_MS - 2000}ms, ${fault} }]
time_limit: 10min
`;
  const events: SwarmEvent[] = [];
  await virtualEngine().run(expand(parseScenario(text, 'departure.yaml')), {
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
  });
  expect(events.some(({ type, peer }) => /peer-(left|crashed)/.test(type) && peer === 'goer')).toBe(true);
  return events.flatMap((event) =>
    event.type === 'connection-failed' && event.peer === 'seeder' && event.address.host === hostOf(1)
      ? [event.atMs]
      : [],
  );
}

describe.each(['crash', 'graceful'] as const)('others hear of a departure for good (%s)', (how) => {
  it.each([
    ['a partition', 'partition: { sides: [goer, rest] }'],
    ['a one-way partition', 'partition: { sides: [goer, rest], one_way: true }'],
    ['a black hole', 'black_hole: { peers: goer }'],
  ])('behind %s when that ends', async (_, fault) => {
    const [first] = await heardAt(how, fault);
    expect(first).toBeGreaterThanOrEqual(END_MS);
    expect(first).toBeLessThanOrEqual(END_MS + 100);
  });
});
