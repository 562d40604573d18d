/**
 * Faults through the real engine: how a run with them ends, and cases that no key of a scenario is about. What each key
 * does to the swarm is in effects/.
 */
import { describe, expect, it } from 'vitest';
import { eventsOf, faultOf, faultRecord, KIB, runPlan, swarmPlan, whenProgress } from './fault-run.ts';

/** Slow enough for faults to come in the middle: about 2 s. */
const SLOW = 512 * KIB;

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
    const record = await runPlan(plan);
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
  });

  it('of a peer that has not joined hits nothing, and says so', async () => {
    const plan = swarmPlan(
      { leechers: 1 },
      { faults: [faultOf({ kind: 'crash', peers: ['leecher/1'], returnAfterMs: null, keepChunks: true })] },
    );
    const record = await runPlan(plan);
    expect(record.ending).toBe('completed');
    expect(faultRecord(record, 'crash')).toMatchObject({ hits: 0, effect: 'hit nothing' });
  });
});

describe('partition', () => {
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
    const record = await runPlan(plan);
    expect(record.ending).toBe('stalled');
    expect(eventsOf(record, 'peer-completed').map(({ peer }) => peer)).toEqual(['leecher/1']);
  });
});

describe('tracker-down', () => {
  it('before anybody has joined delays the swarm, and no more', async () => {
    const plan = swarmPlan(
      { leechers: 2 },
      { faults: [faultOf({ kind: 'tracker-down', forgets: true }, { forMs: 500 })] },
    );
    const record = await runPlan(plan);
    expect(record.ending).toBe('completed');
  });
});

describe('free-ride', () => {
  it('never uploads by the spec protocol either', async () => {
    const base = swarmPlan(
      { leechers: 3, upBytesPerSec: SLOW, chunks: 8, chunkBytes: 64 * KIB },
      { faults: [faultOf({ kind: 'free-ride', peers: ['leecher/1'] })] },
    );
    const plan = { ...base, peers: base.peers.map((peer) => ({ ...peer, protocol: 'spec' as const })) };
    const record = await runPlan(plan);
    expect(record.ending).toBe('completed');
    expect(record.peers.find(({ name }) => name === 'leecher/1')!.traffic.payloadSentBytes).toBe(0);
  });
});

describe('disks', () => {
  it('a disk that stays full ends the run when the others are done', async () => {
    const plan = swarmPlan(
      { leechers: 2 },
      { faults: [faultOf({ kind: 'disk-full', peers: ['leecher/1'] })] },
    );
    const record = await runPlan(plan);
    expect(record.ending).toBe('stalled');
    expect(eventsOf(record, 'peer-completed').map(({ peer }) => peer)).toEqual(['leecher/2']);
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
    const record = await runPlan(swarmPlan({ upBytesPerSec: 10 * KIB }, { abortOn: [condition] }));
    expect(record).toMatchObject({ ending: 'aborted', abortedBy: 'elapsed > 500ms' });
    expect(record.elapsedMs).toBeGreaterThan(500);
  });
});
