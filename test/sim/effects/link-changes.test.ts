import { describe, expect } from 'vitest';
import { effect, runYaml, type EffectRun } from './effect.ts';
import { EARLY_MS, once, receivedBy } from './observed.ts';

/** 128 KiB by a link of 256 KiB/s, at which they take half a second. */
const pair = (seeder: string, leecher = '{}', size = '128KiB') =>
  runYaml(`
content: { generate: { size: ${size}, chunk_size: 8KiB } }
peers:
  seeder: { holds: all, link: ${seeder} }
  leecher: { link: ${leecher} }
engine: { peers_per_worker: 2 }
`);

/** A late timer may make up for 20 ms of the rate, and the first block is there at once. */
const AHEAD_MS = 30;

const makespanMs = ({ result }: EffectRun): number => result.swarm.makespanMs!;

/** 64 KiB by a quarter of a second, and the other half in a second. */
const early = once(() => pair('{ up: 256KiB/s, changes: [{ at: 250ms, up: 64KiB/s }] }'));
const EARLY_CHANGE_MS = 1250 - 2 * AHEAD_MS;

describe('changes of a link', () => {
  effect('peers.<group>.link.changes', 'they come one after the other', async () => {
    const back = '{ up: 256KiB/s, changes: [{ at: 250ms, up: 64KiB/s }, { at: 750ms, up: 256KiB/s }] }';
    const [twice] = await Promise.all([pair(back), early()]);
    // 96 KiB by the second change, and the rest in an eighth of a second.
    expect(makespanMs(twice)).toBeGreaterThan(875 - 2 * AHEAD_MS);
    expect(makespanMs(twice)).toBeLessThan(makespanMs(await early()));
  });

  effect('peers.<group>.link.changes[].at', 'the rate is the old one up to then', async () => {
    // 96 KiB by then, and the rest in half a second.
    const late = await pair('{ up: 256KiB/s, changes: [{ at: 375ms, up: 64KiB/s }] }');
    expect(makespanMs(late)).toBeGreaterThan(875 - 2 * AHEAD_MS);
    expect(makespanMs(late)).toBeLessThan(makespanMs(await early()));
    expect(makespanMs(await early())).toBeGreaterThan(EARLY_CHANGE_MS);
    const before = receivedBy(await early(), 'leecher').filter(({ atMs }) => atMs < 250);
    expect(before.length).toBeLessThanOrEqual((0.25 + AHEAD_MS / 1000) * 32);
  });

  effect('peers.<group>.link.changes[].over', 'the rate falls in a straight line', async () => {
    // On the line, the second half takes a third of a second, and is there before the line ends.
    const slope = await pair('{ up: 256KiB/s, changes: [{ at: 250ms, over: 500ms, up: 64KiB/s }] }');
    expect(makespanMs(slope)).toBeGreaterThan(583 - 2 * AHEAD_MS);
    expect(makespanMs(slope)).toBeLessThan(makespanMs(await early()));
  });

  effect('peers.<group>.link.changes[].up', 'the smaller the new uplink, the longer it takes', async () => {
    const half = await pair('{ up: 256KiB/s, changes: [{ at: 250ms, up: 128KiB/s }] }');
    expect(makespanMs(half)).toBeGreaterThan(750 - 2 * AHEAD_MS);
    expect(makespanMs(half)).toBeLessThan(makespanMs(await early()));
  });

  effect('peers.<group>.link.changes[].down', 'a downlink changes as an uplink does', async () => {
    const down = await pair('{}', '{ down: 256KiB/s, changes: [{ at: 250ms, down: 64KiB/s }] }');
    expect(makespanMs(down)).toBeGreaterThan(EARLY_CHANGE_MS);
  });

  effect(
    'peers.<group>.link.changes[].latency',
    'what sets out after the change takes the new way',
    async () => {
      const run = await pair('{ up: 256KiB/s, changes: [{ at: 300ms, latency: 100ms }] }', '{}', '256KiB');
      const chunks = receivedBy(run, 'leecher');
      const after = chunks.filter(({ atMs, tookMs }) => atMs - tookMs > 300);
      expect(after.length).toBeGreaterThan(0);
      for (const { tookMs } of after) expect(tookMs).toBeGreaterThan(200 - EARLY_MS);
      const before = chunks.filter(({ atMs }) => atMs < 300);
      expect(Math.min(...before.map(({ tookMs }) => tookMs))).toBeLessThan(200 - EARLY_MS);
    },
  );
});
