import { describe, expect } from 'vitest';
import { effect, type EffectRun } from './effect.ts';
import { EARLY_MS, once, peerOf, receivedBy } from './observed.ts';
import { AHEAD_MS, makespanMs, runPair } from './pair.ts';

/** Of the content, which a link of 64 KiB/s would carry in two seconds. How much less a change makes of it: shaped-link.test.ts. */
const SIZE = '128KiB';

const changing = (change: string) => runPair(`{ up: 64KiB/s, changes: [${change}] }`, '{}', SIZE);

const upChanges = (run: EffectRun) => peerOf(run, 'seeder').shaping.upChanges;

/** 16 KiB up to the change, and the others in 110 ms. */
const sudden = once(() => changing('{ at: 250ms, up: 1MiB/s }'));

describe('changes of a link', () => {
  effect(
    'peers.<group>.link.changes',
    'with a faster link from some time on, less than all is slow',
    async () => {
      expect(makespanMs(await sudden())).toBeGreaterThan(250);
      expect(upChanges(await sudden())).toBe(1);
      const before = receivedBy(await sudden(), 'leecher').filter(({ atMs }) => atMs < 250);
      expect(before.length).toBeLessThanOrEqual(2);
    },
  );

  effect('peers.<group>.link.changes[].at', 'the rate is the old one up to then', async () => {
    const late = await changing('{ at: 900ms, up: 1MiB/s }');
    expect(makespanMs(late)).toBeGreaterThan(900);
    expect(upChanges(late)).toBe(1);
  });

  effect('peers.<group>.link.changes[].over', 'the rate rises in a straight line', async () => {
    // Within two seconds, of which it needs 560 ms.
    const slope = await changing('{ at: 250ms, over: 2s, up: 1MiB/s }');
    expect(makespanMs(slope)).toBeGreaterThan(810 - 2 * AHEAD_MS);
    expect(upChanges(slope)).toBe(1);
  });

  effect('peers.<group>.link.changes[].up', 'the smaller the new uplink, the longer it takes', async () => {
    const less = await changing('{ at: 250ms, up: 128KiB/s }');
    expect(makespanMs(less)).toBeGreaterThan(1125 - 2 * AHEAD_MS);
    expect(upChanges(less)).toBe(1);
  });

  effect('peers.<group>.link.changes[].down', 'a downlink changes as an uplink does', async () => {
    const down = await runPair('{}', '{ down: 64KiB/s, changes: [{ at: 900ms, down: 1MiB/s }] }', SIZE);
    expect(makespanMs(down)).toBeGreaterThan(900);
    expect(peerOf(down, 'leecher').shaping.downChanges).toBe(1);
  });

  effect(
    'peers.<group>.link.changes[].latency',
    'what sets out after the change takes the new way',
    async () => {
      const run = await runPair('{ up: 256KiB/s, changes: [{ at: 300ms, latency: 100ms }] }', '{}', '256KiB');
      const chunks = receivedBy(run, 'leecher');
      const after = chunks.filter(({ atMs, tookMs }) => atMs - tookMs > 300);
      expect(after.length).toBeGreaterThan(0);
      for (const { tookMs } of after) expect(tookMs).toBeGreaterThan(200 - EARLY_MS);
      expect(peerOf(run, 'seeder').shaping.latencyChanges).toBe(1);
    },
  );
});
