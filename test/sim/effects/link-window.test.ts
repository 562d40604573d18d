import { describe, expect } from 'vitest';
import { effect, runYaml, type EffectRun } from './effect.ts';
import { EARLY_MS, once, peerOf, tookMs } from './observed.ts';

/** One chunk of 256 KiB from a seeder 50 ms away: a round trip is 100 ms. */
const farPair = (window: string) =>
  runYaml(`
content: { generate: { size: 256KiB, chunk_size: 256KiB } }
defaults: { link: { latency: 25ms } }
peers:
  seeder: { holds: all, link: { window: ${window} } }
  leecher: {}
`);

/** From the request for the chunk to its last byte. */
const chunkMs = (run: EffectRun): number => tookMs(run, 'leecher')[0]!;

/** Messages that had to wait for the window. */
const waits = (run: EffectRun): number => peerOf(run, 'seeder').shaping.windowWaits;

/** The acknowledgement of each window may come early once at each end of its way, there and back. */
const atLeast = (roundTrips: number): number => roundTrips * (100 - EARLY_MS);

const wide = once(() => farPair('{ bytes: 1MiB }'));

describe('the window of a link', () => {
  effect(
    ['peers.<group>.link.window', 'peers.<group>.link.window.bytes'],
    'no more than the window goes in a round trip',
    async () => {
      const [narrow] = await Promise.all([farPair('{ bytes: 64KiB }'), wide()]);
      // Heads of frames take some of each window, so that it needs a fifth one.
      expect(chunkMs(narrow)).toBeGreaterThan(atLeast(5));
      expect(chunkMs(await wide())).toBeGreaterThan(atLeast(1));
      expect(waits(narrow)).toBeGreaterThan(waits(await wide()));
    },
  );

  effect(
    'peers.<group>.link.window.slow_start',
    'a connection begins with ten segments and doubles them each round trip',
    async () => {
      const slow = await farPair('{ bytes: 1MiB, slow_start: true }');
      // 10, 20, 40, 80 and 160 segments: 14, 43, 100, 214, 442 KiB in all.
      expect(chunkMs(slow)).toBeGreaterThan(atLeast(5));
      expect(waits(slow)).toBeGreaterThan(waits(await wide()));
    },
  );
});
