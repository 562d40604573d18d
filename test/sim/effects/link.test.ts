import { describe, expect } from 'vitest';
import { effect, type EffectRun } from './effect.ts';
import { EARLY_MS, once, peerOf, receivedBy, tookMs } from './observed.ts';
import { AHEAD_MS, makespanMs, runPair } from './pair.ts';

const unlimited = once(() => runPair('{}'));

describe('the rates of a link', () => {
  effect(
    ['peers.<group>.link', 'peers.<group>.link.up'],
    'with a quarter of its uplink, a lone seeder needs at least four times as long',
    async () => {
      // 64 KiB at 512 and at 128 KiB/s.
      const [fast, slow] = await Promise.all([runPair('{ up: 512KiB/s }'), runPair('{ up: 128KiB/s }')]);
      expect(makespanMs(fast)).toBeGreaterThan(125 - AHEAD_MS);
      expect(makespanMs(slow)).toBeGreaterThan(500 - AHEAD_MS);
      expect(makespanMs(fast)).toBeLessThan(makespanMs(slow));
      expect(makespanMs(await unlimited())).toBeLessThan(makespanMs(slow));
      expect(peerOf(slow, 'seeder').shaping.bytesPacedUp).toBeGreaterThanOrEqual(64 * 1024);
      expect(peerOf(slow, 'leecher').shaping.bytesPacedDown).toBe(0);
    },
  );

  effect(
    'peers.<group>.link.down',
    'with a quarter of its downlink, a lone leecher needs at least four times as long',
    async () => {
      const runs = ['{ down: 512KiB/s }', '{ down: 128KiB/s }'].map((link) => runPair('{}', link));
      const [fast, slow] = (await Promise.all(runs)) as [EffectRun, EffectRun];
      expect(makespanMs(fast)).toBeGreaterThan(125 - AHEAD_MS);
      expect(makespanMs(slow)).toBeGreaterThan(500 - AHEAD_MS);
      expect(makespanMs(fast)).toBeLessThan(makespanMs(slow));
      expect(peerOf(slow, 'leecher').shaping.bytesPacedDown).toBeGreaterThanOrEqual(64 * 1024);
      expect(peerOf(slow, 'seeder').shaping.bytesPacedUp).toBe(0);
    },
  );
});

describe('the delays of a link', () => {
  effect(
    'peers.<group>.link.latency',
    'no chunk is here before it has been asked for and sent over the latencies of both links',
    async () => {
      const far = await runPair('{ latency: 40ms }', '{ latency: 20ms }');
      expect(tookMs(far, 'leecher')).toHaveLength(8);
      expect(tookMs(far, 'leecher')[0]).toBeGreaterThan(120 - EARLY_MS);
      expect(peerOf(far, 'seeder').shaping.bytesDelayed).toBeGreaterThanOrEqual(64 * 1024);
      expect(peerOf(await unlimited(), 'seeder').shaping.bytesDelayed).toBe(0);
    },
  );

  effect('peers.<group>.link.jitter', 'messages are delayed on top, in their order', async () => {
    const [least, upTo] = await Promise.all([
      runPair('{ jitter: { uniform: { min: 40ms, max: 60ms } } }', '{}', '32KiB'),
      runPair('{ jitter: 100ms }', '{}', '32KiB'),
    ]);
    expect(tookMs(least, 'leecher')[0]).toBeGreaterThan(80 - EARLY_MS);
    // Of draws from 0 to 100 ms, one a message: that all are below 25 ms is as good as impossible.
    expect(tookMs(upTo, 'leecher').at(-1)).toBeGreaterThan(25);
    for (const run of [least, upTo]) {
      const asked = run.record.events.filter(({ type }) => type === 'chunk-requested');
      const indices = asked.map((event) => 'index' in event && event.index);
      expect(receivedBy(run, 'leecher').map(({ index }) => index)).toEqual(indices);
    }
  });
});

describe('the losses of a link', () => {
  const losing = (loss: string) => runPair(`{ loss: ${loss} }`, '{}', '32KiB');
  const stalls = (run: EffectRun): number => peerOf(run, 'seeder').shaping.stalls;
  const certain = once(() => losing('{ probability: 100%, timeout: 10ms }'));
  /** 32 KiB fill so many segments of 1,460 bytes, whatever the heads of frames take. */
  const SEGMENTS = 23;

  effect(
    ['peers.<group>.link.loss', 'peers.<group>.link.loss.probability'],
    'as many segments are lost as the probability says',
    async () => {
      const [none, half, incoming] = await Promise.all([
        losing('{ probability: 0%, timeout: 10ms }'),
        losing('{ probability: 50%, timeout: 10ms }'),
        runPair('{}', '{ loss: { probability: 100%, timeout: 10ms } }', '32KiB'),
      ]);
      expect(stalls(await unlimited())).toBe(0);
      expect(stalls(none)).toBe(0);
      expect(stalls(await certain())).toBeGreaterThanOrEqual(SEGMENTS);
      expect(stalls(half)).toBeGreaterThan(0.1 * SEGMENTS);
      expect(stalls(half)).toBeLessThan(0.85 * stalls(await certain()));
      expect(peerOf(incoming, 'leecher').shaping.stalls).toBeGreaterThanOrEqual(SEGMENTS);
    },
  );

  effect(
    'peers.<group>.link.loss.timeout',
    'a connection stands still so long for each lost segment',
    async () => {
      const long = await losing('{ probability: 100%, timeout: 40ms }');
      expect(makespanMs(await certain())).toBeGreaterThan(SEGMENTS * 10);
      expect(makespanMs(long)).toBeGreaterThan(SEGMENTS * 40);
    },
  );

  effect(
    'peers.<group>.link.loss.segment',
    'the larger the segments, the fewer there are to be lost',
    async () => {
      const large = await losing('{ probability: 100%, timeout: 10ms, segment: 64KiB }');
      expect(stalls(await certain()) - stalls(large)).toBeGreaterThan(SEGMENTS / 2);
    },
  );
});
