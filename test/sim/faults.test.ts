import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import type { PeerJoined, SwarmEvent } from '../../src/core/events.ts';
import { SimDesk } from './run-sim.ts';

let desk: SimDesk;
beforeEach(() => {
  desk = new SimDesk(inject('bundleFolder'));
});
afterEach(() => desk.close());

const slowly = (peers: string, more = ''): string => `
seed: 1
content:
  generate: { size: 4MiB, chunk_size: 32KiB }
tracker: { announce_interval: 1s }
defaults:
  link: { up: 16Mbit/s }
peers:
  seeder: { holds: all }
${peers}
${more}
`;

const of = (events: readonly SwarmEvent[], peer: string, type: SwarmEvent['type']): SwarmEvent[] =>
  events.filter((event) => event.peer === peer && event.type === type);

/** By such a downlink the content takes eight seconds, so that a crash at its beginning is in time on any machine. */
const SLOW = 'link: { down: 4Mbit/s }';

describe('a crash', () => {
  it('kills the thread: nothing more comes from the peer, and the others complete', async () => {
    const peers = `
  leechers: { count: 2 }
  crasher: { ${SLOW} }`;
    const faults = 'faults: [{ when: progress(crasher) >= 1%, crash: crasher }]';
    desk.expectDone(await desk.run([desk.scenario('crash', slowly(peers, faults))]));
    const events = desk.events();
    const [crash, ...others] = of(events, 'crasher', 'peer-crashed');
    expect(others).toEqual([]);
    expect(crash!.atMs).toBeGreaterThan(of(events, 'crasher', 'chunk-received')[0]!.atMs);
    const later = events.filter(({ peer, atMs }) => peer === 'crasher' && atMs > crash!.atMs);
    expect(later).toEqual([]);
    expect(of(events, 'crasher', 'peer-left')).toEqual([]);
    const { peers: figures, verdict } = desk.result();
    expect(verdict).toMatchObject({ completedPeers: 3, peersToComplete: 3 });
    const crasher = figures.find(({ name }) => name === 'crasher')!;
    expect(crasher.integrity).toBe('incomplete');
    expect(crasher.traffic.messagesReceived).toBeGreaterThan(0);
  });
});

describe('a peer that returns after a crash', () => {
  it('verifies what its folder holds and downloads only the rest, or begins anew', async () => {
    const crash = (peer: string, keeps: boolean): string =>
      `  - { when: progress(${peer}) >= 10%, crash: { peers: ${peer}, return_after: 300ms, keep_chunks: ${String(keeps)} } }`;
    const faults = ['faults:', crash('keeps', true), crash('loses', false)].join('\n');
    const scenario = slowly(`  keeps: { ${SLOW} }\n  loses: { ${SLOW} }`, faults);
    desk.expectDone(await desk.run([desk.scenario('return', scenario)]));
    const events = desk.events();
    const [kept, lost] = ['keeps', 'loses'].map((peer) => of(events, peer, 'peer-joined') as PeerJoined[]);
    expect(kept).toHaveLength(2);
    const { atMs, heldChunks, totalChunks } = kept![1]!;
    expect(heldChunks).toBeGreaterThan(0);
    const later = of(events, 'keeps', 'chunk-received').filter((event) => event.atMs > atMs);
    expect(heldChunks + later.length).toBe(totalChunks);
    expect(lost!.map((join) => join.heldChunks)).toEqual([0, 0]);
  });
});

describe('a graceful leave', () => {
  it('is told by the peer itself', async () => {
    // Who has completed is known to the tracker, however slow the machine is; the run waits until it has come back.
    const peers = `
  leechers: { count: 2 }
  leaver: { session: { leave: { after: 100ms, from: completion }, return: { after: 100ms } } }
until: sessions`;
    desk.expectDone(await desk.run([desk.scenario('leave', slowly(peers))]));
    const [completed] = of(desk.events(), 'leaver', 'peer-completed');
    const [left] = of(desk.events(), 'leaver', 'peer-left');
    expect(left!.atMs).toBeGreaterThanOrEqual(completed!.atMs + 100);
    expect(desk.events()).toContainEqual(
      expect.objectContaining({ type: 'peer-forgotten', peer: 'tracker', reason: 'stopped' }),
    );
  });
});

describe('an interrupt', () => {
  const long = slowly('\n  leechers: { count: 4 }').replace('16Mbit/s', '500kbit/s');

  it('ends the run with 130, writes what was measured and leaves no temporary directory', async () => {
    const run = desk.start([desk.scenario('long', long)]);
    await desk.untilChunkPassed();
    expect(desk.leftovers()).toHaveLength(1);
    run.signal('SIGINT');
    const { code, stdout } = await run.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('report: ');
    expect(desk.leftovers()).toEqual([]);
    const { ending, verdict, peers } = desk.result();
    expect(ending).toBe('interrupted');
    expect(verdict.outcome).not.toBe('pass');
    expect(peers.every(({ integrity }) => integrity === 'unchecked')).toBe(true);
    expect(desk.events().length).toBeGreaterThan(5);
  });

  it('stops the repeats that were still to come', async () => {
    const run = desk.start([desk.scenario('long', long), '--repeat', '3']);
    await run.says(/long 1\/3: .* ready/);
    run.signal('SIGINT');
    expect((await run.ended).code).toBe(130);
    const runs = readdirSync(desk.report, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(runs.map(({ name }) => name)).toEqual(['1-long-1']);
  });

  it('is heard while the content is still being made', async () => {
    const scenario = desk.scenario('large', long.replace('4MiB', '1GiB').replace('32KiB', '4MiB'));
    const run = desk.start([scenario]);
    while (desk.leftovers().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    run.signal('SIGINT');
    expect((await run.ended).code).toBe(130);
    expect(desk.leftovers()).toEqual([]);
    expect(desk.result()).toMatchObject({ ending: 'interrupted', elapsedMs: 0 });
  });
});
