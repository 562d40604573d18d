/**
 * Faults of a plan: how a run with them ends, and cases that no key of a scenario is about, in virtual time; and that
 * the threads engine carries out each kind. What each key does to the swarm is in ../effects/.
 */
import { describe, expect, it } from 'vitest';
import type { RecordedRun } from '../../../src/sim/measure/fixture.ts';
import type { FaultEffect, Plan } from '../../../src/sim/plan/plan.ts';
import { eventsOf, faultOf, faultRecord, KIB, runPlan, swarmPlan, whenProgress } from '../fault-run.ts';

/** Slow enough for faults to come in the middle: about 2 s. */
const SLOW = 512 * KIB;

const inVirtualTime = (plan: Plan): Promise<RecordedRun> =>
  runPlan({ ...plan, engine: { ...plan.engine, name: 'virtual' } });

const completedIn = (record: RecordedRun): string[] =>
  eventsOf(record, 'peer-completed').map(({ peer }) => peer);

describe('crash', () => {
  it('kills peers for good, and the run ends without them', async () => {
    const effect: FaultEffect = {
      kind: 'crash',
      peers: ['leecher/1', 'leecher/2'],
      returnAfterMs: null,
      keepChunks: true,
    };
    const faults = [faultOf(effect, { when: whenProgress(0.3) })];
    const record = await inVirtualTime(swarmPlan({ leechers: 3, upBytesPerSec: SLOW }, { faults }));
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
    expect(completedIn(record)).toEqual(['leecher/3']);
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
    const record = await runPlan(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'crash').hits).toBe(1);
    expect(eventsOf(record, 'peer-crashed').map(({ peer }) => peer)).toEqual(['leecher/1']);
    expect(eventsOf(record, 'peer-left')).toEqual([]);
  });

  it('of a peer that has not joined hits nothing, and says so', async () => {
    const plan = swarmPlan(
      { leechers: 1 },
      { faults: [faultOf({ kind: 'crash', peers: ['leecher/1'], returnAfterMs: null, keepChunks: true })] },
    );
    const record = await inVirtualTime(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'crash')).toMatchObject({ hits: 0, effect: 'hit nothing' });
  });
});

describe('partition', () => {
  it('that lasts ends the run when nothing more can happen', async () => {
    const effect: FaultEffect = {
      kind: 'partition',
      sides: [['seeder', 'leecher/1'], ['leecher/2']],
      oneWay: false,
    };
    const faults = [faultOf(effect, { when: whenProgress(0.2) })];
    const record = await inVirtualTime(swarmPlan({ leechers: 2, upBytesPerSec: SLOW }, { faults }));
    expect(record.ending).toBe('stalled');
    expect(completedIn(record)).toEqual(['leecher/1']);
  });
});

describe('tracker-down', () => {
  it('before anybody has joined delays the swarm, and no more', async () => {
    const plan = swarmPlan(
      { leechers: 2 },
      { faults: [faultOf({ kind: 'tracker-down', forgets: true }, { forMs: 500 })] },
    );
    const record = await inVirtualTime(plan);
    expect(record.ending).toBe('completed');
    expect(eventsOf(record, 'peer-completed')[0]!.atMs).toBeGreaterThanOrEqual(500);
  });
});

describe('free-ride', () => {
  it('never uploads by the spec protocol either', async () => {
    const base = swarmPlan(
      { leechers: 3, upBytesPerSec: SLOW, chunks: 8, chunkBytes: 64 * KIB },
      { faults: [faultOf({ kind: 'free-ride', peers: ['leecher/1'] })] },
    );
    const peers = base.peers.map((peer) => ({ ...peer, protocol: 'spec' as const }));
    const record = await inVirtualTime({ ...base, peers });
    expect(record.ending).toBe('completed');
    expect(record.peers.find(({ name }) => name === 'leecher/1')!.traffic.payloadSentBytes).toBe(0);
  });
});

describe('disks', () => {
  it('a disk that stays full ends the run when the others are done', async () => {
    const faults = [faultOf({ kind: 'disk-full', peers: ['leecher/1'] })];
    const record = await inVirtualTime(swarmPlan({ leechers: 2 }, { faults }));
    expect(record.ending).toBe('stalled');
    expect(completedIn(record)).toEqual(['leecher/2']);
  });
});

describe('on threads', () => {
  it('every kind of fault is carried out, and hits something', async () => {
    /** To the end of the run; so none of these need complete. */
    const lasting: readonly FaultEffect[] = [
      { kind: 'pause', peers: ['leecher/1'] },
      { kind: 'black-hole', peers: ['leecher/2'] },
      { kind: 'disk-full', peers: ['leecher/3'] },
      { kind: 'slow-disk', peers: ['leecher/4'], bytesPerSec: 64 * KIB },
      { kind: 'slow-down', peers: ['leecher/5'], factor: 0.5 },
      { kind: 'latency-spike', peers: ['leecher/6'], addMs: 20 },
      { kind: 'free-ride', peers: ['leecher/7'] },
      { kind: 'lie', peers: ['leecher/8'] },
    ];
    const once: readonly FaultEffect[] = [
      { kind: 'reset', peers: ['leecher/9'], probability: 1 },
      { kind: 'crash', peers: ['leecher/10'], returnAfterMs: 100, keepChunks: true },
    ];
    const faults = [...lasting, ...once].map((effect) => faultOf(effect, { when: whenProgress(0.1) }));
    const plan = swarmPlan({ leechers: 10, upBytesPerSec: SLOW }, { faults, timeLimitMs: 170_000 });
    const hit = new Set(lasting.flatMap((effect) => ('peers' in effect ? effect.peers : [])));
    const peers = plan.peers.map((peer) => (hit.has(peer.name) ? { ...peer, mustComplete: false } : peer));
    const record = await runPlan({ ...plan, peers });
    expect(record.ending).toBe('completed');
    expect(record.faults.map(({ kind, hits }) => ({ kind, isHit: hits > 0 }))).toEqual(
      faults.map(({ effect: { kind } }) => ({ kind, isHit: true })),
    );
    expect(completedIn(record)).toEqual(expect.arrayContaining(['leecher/9', 'leecher/10']));
  });
});
