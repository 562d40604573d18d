import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../src/core/events.ts';
import { expand } from '../../src/sim/expand/expand.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';
import { runVirtually } from './virtual-swarm.ts';

/** A chunk of 1 MiB takes 8.4 s at 1 Mbit/s. */
const chunk = (leaver: string): string => `
content: { generate: { size: 1MiB, chunk_size: 1MiB } }
peers:
  leaver: { holds: all, link: { up: 1Mbit/s }, session: { leave: { after: 5200ms, how: ${leaver} } } }
  heir: { holds: all, link: { up: 1Mbit/s }, arrival: { at: 5s } }
  leecher: {}
time_limit: 60s
`;

/** Payload that the leecher took in, whatever became of it. */
function receivedBytes(events: readonly SwarmEvent[]): number {
  return events
    .filter(({ peer }) => peer === 'leecher')
    .reduce(
      (sum, event) =>
        event.type === 'chunk-received' || event.type === 'chunk-discarded' ? sum + event.bytes : sum,
      0,
    );
}

describe('the parts of a chunk that are here are not fetched again', () => {
  it.each(['crash', 'graceful'])(
    'where its sender leaves (%s) after 60 per cent of the only chunk and another takes over',
    (how) => {
      const { events, makespanMs } = runVirtually(expand(parseScenario(chunk(how), 'heir.yaml')));
      const [received] = events.filter((event) => event.type === 'chunk-received');
      const [share] = received?.earlier ?? [];
      expect(share!.bytes / received!.bytes).toBeGreaterThan(0.5);
      expect(share!.bytes / received!.bytes).toBeLessThan(0.7);
      expect(receivedBytes(events) / 2 ** 20).toBeLessThan(1.1);
      // The time of one chunk, and what goes by until the loss is noticed.
      expect(makespanMs).toBeLessThan(8400 + 2000);
    },
  );

  it('where the connection of the only holder is lost once and again', () => {
    const text = `
content: { generate: { size: 1MiB, chunk_size: 1MiB } }
peers:
  seeder: { holds: all, link: { up: 1Mbit/s }, session: { leave: { after: 3s, how: crash }, return: { after: 500ms, times: 4, keep_chunks: true } } }
  leecher: {}
time_limit: 60s
`;
    const { events, makespanMs } = runVirtually(expand(parseScenario(text, 'flaky.yaml')));
    expect(makespanMs).toBeDefined();
    expect(receivedBytes(events) / 2 ** 20).toBeLessThan(1.1);
  });
});
