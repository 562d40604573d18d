import { expect, it } from 'vitest';
import { planOf } from '../scenario/fixture.ts';
import { longestQuietMs } from './first-chunk.ts';

const quietMs = (link: string): number =>
  longestQuietMs(
    planOf(`
content: { generate: { size: 1MiB, chunk_size: 1MiB } }
peers: { seeder: { holds: all }, leecher: { link: ${link} } }
`),
  );

it('a run may be silent for 2 s, a round trip of the farthest peers, and a block on the slowest downlink', () => {
  expect(quietMs('{}')).toBe(2000);
  expect(quietMs('{ latency: 1s }')).toBe(6000);
  expect(quietMs('{ down: 1kbit/s }')).toBe(14_000);
  expect(quietMs('{ down: 1Mbit/s, changes: [{ at: 5s, down: 2kbit/s, latency: 3s }] }')).toBe(20_000);
});
