/** Each fault through the real engine: what it did to the swarm, and that it says so. */
import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../src/sim/engines/engine.ts';
import { eventsOf, faultOf, faultRecord, KIB, runOnThreads, swarmPlan, whenProgress } from './fault-run.ts';

/** Slow enough for faults to come in the middle: about 2 s. */
const SLOW = 512 * KIB;

/** Between two chunks that a peer received; a fault reaches its thread, and leaves it, by messages that take time. */
function longestSilenceMs(record: RunRecord, peer: string): number {
  const times = eventsOf(record, 'chunk-received', peer).map(({ atMs }) => atMs);
  return Math.max(...times.slice(1).map((atMs, at) => atMs - times[at]!));
}

describe('crash', () => {
  it('kills peers for good, and the run ends without them', async () => {
    const plan = swarmPlan(
      { leechers: 3, upBytesPerSec: SLOW },
      {
        faults: [
          faultOf(
            { kind: 'crash', peers: ['leecher/1', 'leecher/2'], returnAfterMs: null, keepChunks: true },
            { when: whenProgress(0.3) },
          ),
        ],
      },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('stalled');
    expect(faultRecord(record, 'crash')).toMatchObject({
      hits: 2,
      effect: '2 peers killed',
      plannedMs: null,
    });
    expect(eventsOf(record, 'peer-crashed').map(({ peer, fault }) => `${peer} ${fault}`)).toEqual([
      'leecher/1 crash',
      'leecher/2 crash',
    ]);
    expect(eventsOf(record, 'peer-completed').map(({ peer }) => peer)).toEqual(['leecher/3']);
  });

  it.each([true, false])('brings peers back, with their chunks: %s', async (keepChunks) => {
    const plan = swarmPlan(
      { leechers: 2, upBytesPerSec: SLOW },
      {
        faults: [
          faultOf(
            { kind: 'crash', peers: ['leecher/1'], returnAfterMs: 200, keepChunks },
            { when: whenProgress(0.4) },
          ),
        ],
      },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    const joins = eventsOf(record, 'peer-joined', 'leecher/1');
    expect(joins).toHaveLength(2);
    expect(joins[1]!.heldChunks > 0).toBe(keepChunks);
    expect(record.peers.every(({ integrity }) => integrity === 'intact')).toBe(true);
  });

  it('in a thread that is shared spares the others', async () => {
    const plan = swarmPlan(
      { leechers: 3, upBytesPerSec: SLOW },
      {
        engine: { peersPerWorker: 4 },
        faults: [
          faultOf(
            { kind: 'crash', peers: ['leecher/1'], returnAfterMs: 100, keepChunks: false },
            { when: whenProgress(0.3) },
          ),
        ],
      },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'crash').hits).toBe(1);
  });

  it('of a peer that has not joined hits nothing, and says so', async () => {
    const plan = swarmPlan(
      { leechers: 1 },
      { faults: [faultOf({ kind: 'crash', peers: ['leecher/1'], returnAfterMs: null, keepChunks: true })] },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'crash')).toMatchObject({ hits: 0, effect: 'hit nothing' });
  });
});

describe('pause', () => {
  it('stops a peer: nothing comes from it, its connections stay, and it goes on where it was', async () => {
    const plan = swarmPlan(
      { leechers: 2, upBytesPerSec: SLOW },
      {
        faults: [faultOf({ kind: 'pause', peers: ['leecher/1'] }, { when: whenProgress(0.3), forMs: 2500 })],
      },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    const { beganMs, endedMs, hits } = faultRecord(record, 'pause');
    expect(endedMs! - beganMs!).toBeGreaterThanOrEqual(2499);
    expect(hits).toBeGreaterThan(0);
    expect(longestSilenceMs(record, 'leecher/1')).toBeGreaterThan(1500);
    expect(eventsOf(record, 'peer-joined', 'leecher/1')).toHaveLength(1);
  });
});

describe('partition', () => {
  it('lets nothing through between its sides until it heals', async () => {
    const plan = swarmPlan(
      { leechers: 2, upBytesPerSec: SLOW },
      {
        faults: [
          faultOf(
            { kind: 'partition', sides: [['seeder', 'leecher/1'], ['leecher/2']], oneWay: false },
            { when: whenProgress(0.2), forMs: 2000 },
          ),
        ],
      },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'partition').hits).toBeGreaterThan(0);
    expect(longestSilenceMs(record, 'leecher/2')).toBeGreaterThan(1000);
    const addresses = eventsOf(record, 'peer-joined').map(({ address }) => address.host);
    expect(new Set(addresses).size).toBe(3);
  });

  it('that lasts ends the run when nothing more can happen', async () => {
    const plan = swarmPlan(
      { leechers: 2, upBytesPerSec: SLOW },
      {
        faults: [
          faultOf(
            { kind: 'partition', sides: [['seeder', 'leecher/1'], ['leecher/2']], oneWay: false },
            { when: whenProgress(0.2) },
          ),
        ],
      },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('stalled');
    expect(eventsOf(record, 'peer-completed').map(({ peer }) => peer)).toEqual(['leecher/1']);
  });
});

describe('slow-down and latency-spike', () => {
  it('say how much they slowed and delayed', async () => {
    const plan = swarmPlan(
      { leechers: 2, upBytesPerSec: SLOW },
      {
        faults: [
          faultOf(
            { kind: 'slow-down', peers: ['seeder'], factor: 0.5 },
            { when: whenProgress(0.1), forMs: 500 },
          ),
          faultOf(
            { kind: 'latency-spike', peers: ['leecher/1'], addMs: 50 },
            { when: whenProgress(0.1), forMs: 500 },
          ),
        ],
      },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'slow-down').effect).toMatch(/ slowed$/);
    expect(faultRecord(record, 'latency-spike').effect).toMatch(/^\d+ messages? delayed$/);
  });
});

describe('reset', () => {
  it('cuts every open connection, again and again, and the swarm completes', async () => {
    const plan = swarmPlan(
      { leechers: 2, upBytesPerSec: SLOW },
      {
        faults: [
          faultOf(
            { kind: 'reset', peers: ['leecher/1', 'tracker'], probability: 1 },
            { when: whenProgress(0.2), again: { everyMs: 300, times: 2 } },
          ),
        ],
      },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(record.faults.map(({ occurrence }) => occurrence)).toEqual([1, 2, 3]);
    expect(record.faults[0]!.hits).toBeGreaterThanOrEqual(3);
    expect(eventsOf(record, 'connection-failed').length).toBeGreaterThan(0);
    expect(eventsOf(record, 'tracker-lost').length).toBeGreaterThan(0);
  });
});

describe('black-hole', () => {
  it('swallows what a peer sends and is sent, until it is over', async () => {
    const plan = swarmPlan(
      { leechers: 2, upBytesPerSec: SLOW },
      {
        faults: [
          faultOf({ kind: 'black-hole', peers: ['leecher/1'] }, { when: whenProgress(0.2), forMs: 800 }),
        ],
      },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'black-hole').effect).toMatch(/swallowed/);
  });
});

describe('tracker-down', () => {
  it.each([true, false])('cuts its connections; peers find it again (forgets: %s)', async (forgets) => {
    const plan = swarmPlan(
      { leechers: 2, upBytesPerSec: SLOW },
      { faults: [faultOf({ kind: 'tracker-down', forgets }, { when: whenProgress(0.1), forMs: 300 })] },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    const { hits, targets } = faultRecord(record, 'tracker-down');
    expect(hits).toBeGreaterThanOrEqual(2);
    expect(targets).toEqual(['tracker']);
    const started = eventsOf(record, 'tracker-started');
    expect(started).toHaveLength(2);
    expect(started[1]!.address).toEqual(started[0]!.address);
    expect(eventsOf(record, 'tracker-found').length).toBeGreaterThan(3);
  });

  it('before anybody has joined delays the swarm, and no more', async () => {
    const plan = swarmPlan(
      { leechers: 2 },
      { faults: [faultOf({ kind: 'tracker-down', forgets: true }, { forMs: 500 })] },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
  });
});

describe('corrupt', () => {
  it('spoils what a peer sends: others discard it, ban the peer and get the chunks elsewhere', async () => {
    const plan = swarmPlan(
      { leechers: 2, seeders: 2, upBytesPerSec: SLOW },
      { faults: [faultOf({ kind: 'corrupt', peers: ['seeder/2'], probability: 1 })] },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'corrupt').hits).toBeGreaterThan(0);
    const discarded = eventsOf(record, 'chunk-discarded').filter(({ reason }) => reason === 'corrupt');
    expect(discarded.length).toBeGreaterThan(0);
    expect(eventsOf(record, 'peer-banned').length).toBeGreaterThan(0);
    expect(record.peers.every(({ integrity }) => integrity === 'intact')).toBe(true);
  });
});

describe('lie', () => {
  it('shows chunks that are not held: requests for them are refused, and the swarm completes', async () => {
    const plan = swarmPlan(
      { leechers: 3, upBytesPerSec: SLOW },
      { faults: [faultOf({ kind: 'lie', peers: ['leecher/1'] })] },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'lie').effect).toMatch(
      /chunks shown that were not held, \d+ requests? for such/,
    );
  });
});

describe('free-ride', () => {
  it.each(['swarm', 'spec'] as const)('never uploads (%s)', async (protocol) => {
    const base = swarmPlan(
      { leechers: 3, upBytesPerSec: SLOW, ...(protocol === 'spec' && { chunks: 8, chunkBytes: 64 * KIB }) },
      { faults: [faultOf({ kind: 'free-ride', peers: ['leecher/1'] })] },
    );
    const plan = { ...base, peers: base.peers.map((peer) => ({ ...peer, protocol })) };
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(record.peers.find(({ name }) => name === 'leecher/1')!.traffic.payloadSentBytes).toBe(0);
    if (protocol === 'swarm') expect(faultRecord(record, 'free-ride').hits).toBeGreaterThan(0);
  });
});

describe('disks', () => {
  it('a full disk fails every write; the peer completes when there is room again', async () => {
    const plan = swarmPlan(
      { leechers: 2 },
      { faults: [faultOf({ kind: 'disk-full', peers: ['leecher/1'] }, { forMs: 300 })] },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'disk-full').hits).toBeGreaterThan(0);
    expect(eventsOf(record, 'node-failed', 'leecher/1')[0]!.detail).toContain('ENOSPC');
  });

  it('a disk that stays full ends the run when the others are done', async () => {
    const plan = swarmPlan(
      { leechers: 2 },
      { faults: [faultOf({ kind: 'disk-full', peers: ['leecher/1'] })] },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('stalled');
    expect(eventsOf(record, 'peer-completed').map(({ peer }) => peer)).toEqual(['leecher/2']);
  });

  it('a slow disk takes no more than its rate', async () => {
    const plan = swarmPlan(
      { leechers: 2 },
      { faults: [faultOf({ kind: 'slow-disk', peers: ['leecher/1'], bytesPerSec: 512 * KIB })] },
    );
    const record = await runOnThreads(plan);
    expect(record.ending).toBe('completed');
    const completed = eventsOf(record, 'peer-completed', 'leecher/1')[0]!;
    // 1 MiB at 512 KiB/s; what is owed of the last write comes after it.
    expect(completed.atMs).toBeGreaterThan(1900);
  });
});

describe('abortOn', () => {
  it('gives a hopeless run up, and names the condition', async () => {
    const condition = {
      text: 'elapsed > 500ms',
      figure: { kind: 'elapsed' as const },
      comparison: '>' as const,
      value: 500,
    };
    const record = await runOnThreads(swarmPlan({ upBytesPerSec: 10 * KIB }, { abortOn: [condition] }));
    expect(record).toMatchObject({ ending: 'aborted', abortedBy: 'elapsed > 500ms' });
    expect(record.elapsedMs).toBeGreaterThan(500);
  });
});
