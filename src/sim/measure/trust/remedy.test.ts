import { describe, expect, it } from 'vitest';
import type { HostOfRun, HostRecord } from '../../engines/engine.ts';
import { hostOfRun, planOf, plannedPeer, smallSwarm } from '../fixture.ts';
import { remedyOfRun } from './remedy.ts';

const plan = planOf(Array.from({ length: 200 }, (_, at) => plannedPeer(`peer/${at}`)));
const usual = smallSwarm().record.host;
/** One for the tracker, too. */
const threads = (ofPeers: number, others: Partial<HostRecord> = {}): HostRecord => ({
  ...usual,
  threadDelaysP99Ms: Array.from({ length: ofPeers + 1 }, () => 30),
  ...others,
});
const hostOf = (name: string, peers: number, cores?: number) =>
  hostOfRun({ name, peers, ...(cores !== undefined && { cores }) });

describe('what helps against late threads', () => {
  it('is not to share threads where there is one a core already', () => {
    expect(remedyOfRun(plan, threads(2, { sliceMs: 10 }), 2)).toBe(
      'let fewer peers run, raise engine.slice (to 100 ms at most), lower the rates, use --engine virtual, or take a quieter or larger machine',
    );
  });

  it.each([
    [200, 2, 100],
    [200, 4, 50],
    [3, 2, 100],
    [2, 0.5, 200],
  ])('is to share %i threads on %d cores by as many peers as leaves one a core', (count, cores, peers) => {
    expect(remedyOfRun(plan, threads(count), cores)).toContain(
      `let fewer peers run, set engine.peers_per_worker to ${peers}, `,
    );
  });

  it('is no longer slice where it is as long as it may be, nor where no link has a rate', () => {
    expect(remedyOfRun(plan, threads(2, { sliceMs: 100 }), 2)).toBe(
      'let fewer peers run, lower the rates, use --engine virtual, or take a quieter or larger machine',
    );
    expect(remedyOfRun(plan, threads(2), 2)).toBe(
      'let fewer peers run, limit the rates of the links, use --engine virtual, or take a quieter or larger machine',
    );
  });

  it('is more hosts, too, where there are several, and to share threads where one has more than cores', () => {
    const share = /set engine\.peers_per_worker to (\d+)/;
    const remedy = (count: number, ...hosts: HostOfRun[]) =>
      // Each host has a thread for the tracker.
      remedyOfRun(plan, threads(count + hosts.length - 1, { hosts }), 64);
    const both = [hostOf('a', 150, 4), hostOf('b', 50, 2)];
    expect(share.exec(remedy(200, ...both))?.[1]).toBe('38');
    expect(remedy(6, ...both)).not.toMatch(share);
    expect(remedy(6, ...both)).toMatch(/, or take more, quieter or larger hosts$/);
    expect(remedy(200, hostOf('a', 150, 4), hostOf('b', 50))).not.toMatch(share);
  });
});
