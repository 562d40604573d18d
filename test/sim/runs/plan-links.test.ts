/** What a plan says of links, through the real engine: that the engine hands on all of it. Bounds from below only. */
import { describe, expect, it } from 'vitest';
import type { Plan, PlannedLink } from '../../../src/sim/plan/plan.ts';
import { eventsOf, KIB, runPlan, swarmPlan } from '../fault-run.ts';

function withLinks(plan: Plan, linkOf: (name: string) => Partial<PlannedLink>): Plan {
  return {
    ...plan,
    peers: plan.peers.map((peer) => ({ ...peer, link: { ...peer.link, ...linkOf(peer.name) } })),
  };
}

describe('regions', () => {
  it('set peers apart by the delays between them, each at an address of its own', async () => {
    const regions = {
      names: ['here', 'there'],
      delayMs: [
        [0, 100],
        [150, 0],
      ],
    };
    const plan = withLinks(swarmPlan({ chunks: 8 }, { regions }), (name) => ({
      region: name === 'seeder' ? 'here' : 'there',
    }));
    const record = await runPlan(plan);
    expect(record.ending).toBe('completed');
    const joined = eventsOf(record, 'peer-joined');
    expect(joined.map(({ address }) => address.host).sort()).toEqual(['127.1.0.1', '127.1.0.2', '127.1.0.3']);
    const seeder = joined.find(({ peer }) => peer === 'seeder')!.address;
    const across = eventsOf(record, 'chunk-received').filter(({ from }) => from.host === seeder.host);
    expect(across.length).toBeGreaterThanOrEqual(8);
    for (const { tookMs } of across) expect(tookMs).toBeGreaterThanOrEqual(249);
  });
});

describe('loss and jitter', () => {
  it('stall connections and delay what they carry, and are counted', async () => {
    const loss = { probability: 0.02, segmentBytes: 1460, timeoutMs: 50 };
    const jitterMs = { kind: 'uniform', min: 20, max: 30 } as const;
    const record = await runPlan(withLinks(swarmPlan({ chunks: 16 }), () => ({ loss, jitterMs })));
    expect(record.ending).toBe('completed');
    expect(record.peers.reduce((sum, { shaping }) => sum + shaping.stalls, 0)).toBeGreaterThan(0);
    // To and fro, at both links each time; a message may pass half a millisecond early at each.
    for (const { tookMs } of eventsOf(record, 'chunk-received')) expect(tookMs).toBeGreaterThan(4 * 20 - 2);
  });
});

describe('a window', () => {
  it('lets no more through than itself in a round trip', async () => {
    const plan = withLinks(swarmPlan({ leechers: 1, chunks: 16 }), () => ({
      latencyMs: 20,
      window: { bytes: 16 * KIB, slowStart: false },
    }));
    const record = await runPlan(plan);
    expect(record.ending).toBe('completed');
    // 256 KiB by 16 KiB in each 80 ms of a round trip; the first window needs no round trip before it.
    expect(eventsOf(record, 'peer-completed')[0]!.atMs).toBeGreaterThan(15 * 80);
  });
});

describe('changes of a link', () => {
  it('come at their times, counted from the start of the distribution', async () => {
    const plan = withLinks(swarmPlan({ leechers: 1, chunks: 64 }), (name) =>
      name === 'seeder'
        ? { upBytesPerSec: 32 * KIB, changes: [{ atMs: 1500, overMs: 0, upBytesPerSec: 4096 * KIB }] }
        : {},
    );
    const record = await runPlan(plan);
    expect(record.ending).toBe('completed');
    const received = eventsOf(record, 'chunk-received', 'leecher/1');
    // 48 KiB and one segment ahead by then.
    expect(received.filter(({ atMs }) => atMs < 1500).length).toBeLessThanOrEqual(4);
    expect(record.peers.find(({ name }) => name === 'seeder')!.shaping.upChanges).toBe(1);
  });
});
