import { remedyOfDoubt } from './trust/trust.ts';
import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../core/events.ts';
import type { PeerRecord, RunRecord } from '../engines/engine.ts';
import type { Plan } from '../plan/plan.ts';
import {
  peerRecord,
  planOf,
  plannedPeer,
  recordOf,
  shaping,
  smallSwarm,
  testEnvironment,
  measure,
} from './fixture.ts';

function verdictOf(change: {
  plan?: Partial<Plan>;
  record?: Partial<RunRecord>;
  peers?: (peers: readonly PeerRecord[]) => readonly PeerRecord[];
  events?: (events: readonly SwarmEvent[]) => readonly SwarmEvent[];
}) {
  const { plan, record } = smallSwarm();
  const peers = change.peers?.(record.peers) ?? record.peers;
  const events = change.events?.(record.events) ?? record.events;
  return measure({ ...plan, ...change.plan }, { ...record, peers, events, ...change.record }, testEnvironment)
    .verdict;
}

const without = (name: string, type: string) => (events: readonly SwarmEvent[]) =>
  events.filter((event) => event.peer !== name || event.type !== type);
const with2 = (change: Partial<PeerRecord>) => (peers: readonly PeerRecord[]) =>
  peers.map((peer) => (peer.name === 'leecher/2' ? { ...peer, ...change } : peer));

describe('the verdict', () => {
  it('is pass when everybody who must complete did and is intact', () => {
    expect(verdictOf({})).toEqual({
      outcome: 'pass',
      because: null,
      reasons: [],
      completedPeers: 3,
      peersToComplete: 3,
      intactPeers: 3,
    });
  });

  it('is fail when one did not complete, and says how far it came and why the run ended', () => {
    const verdict = verdictOf({
      events: without('leecher/2', 'peer-completed'),
      peers: with2({ heldChunksAtEnd: 3, integrity: 'incomplete' }),
      record: { ending: 'time-limit' },
    });
    expect(verdict).toMatchObject({ outcome: 'fail', completedPeers: 2, intactPeers: 2 });
    expect(verdict.reasons).toEqual([
      'The time limit of 30 s was reached.',
      'leecher/2: it did not complete (3 of 4 chunks).',
    ]);
  });

  it('is fail when the bytes differ, even if the run was interrupted', () => {
    const corrupt = with2({ integrity: 'corrupt' });
    expect(verdictOf({ peers: corrupt }).outcome).toBe('fail');
    expect(verdictOf({ peers: corrupt, record: { ending: 'interrupted' } })).toMatchObject({
      outcome: 'fail',
      reasons: ['The run was interrupted.', 'leecher/2: its content differs from the original.'],
    });
  });

  it.each(['time-limit', 'stalled', 'interrupted'] as const)(
    'says first what ended the run (%s), then what is with the peers, and never of a seeder that it did not complete',
    (ending) => {
      const { reasons } = verdictOf({
        events: (events) =>
          without(
            'leecher/2',
            'peer-completed',
          )(events).filter(
            ({ peer, type }) => peer !== 'seeder' || !['peer-joined', 'peer-completed'].includes(type),
          ),
        peers: with2({ heldChunksAtEnd: 3, integrity: 'incomplete' }),
        record: { ending },
      });
      expect(reasons[0]).toMatch(/^(The time limit|The run stalled|The run was interrupted)/);
      expect(reasons.slice(1)).toEqual(['leecher/2: it did not complete (3 of 4 chunks).']);
    },
  );

  it('is fail when a peer completed but lacks chunks at the end', () => {
    const verdict = verdictOf({ peers: with2({ heldChunksAtEnd: 2, integrity: 'incomplete' }) });
    expect(verdict).toMatchObject({
      outcome: 'fail',
      reasons: ['leecher/2: it completed, but holds 2 of 4 chunks at the end.'],
    });
  });

  it('is inconclusive when interrupted, whatever had completed', () => {
    expect(verdictOf({ record: { ending: 'interrupted' } }).outcome).toBe('inconclusive');
    const verdict = verdictOf({
      record: { ending: 'interrupted' },
      events: without('leecher/2', 'peer-completed'),
      peers: with2({ integrity: 'incomplete', heldChunksAtEnd: 1 }),
    });
    expect(verdict.outcome).toBe('inconclusive');
  });

  it('says in one sentence that the content of several was not checked', () => {
    const { reasons } = verdictOf({
      record: { ending: 'interrupted' },
      peers: (peers) => peers.map((peer) => ({ ...peer, integrity: 'unchecked' })),
    });
    expect(reasons).toEqual([
      'The run was interrupted.',
      'The content of 3 peers that were complete was not checked.',
    ]);
  });

  it('is inconclusive when data is missing: no record, unchecked content, no event of completion', () => {
    expect(verdictOf({ peers: (peers) => peers.slice(0, 2) }).outcome).toBe('inconclusive');
    expect(verdictOf({ peers: with2({ integrity: 'unchecked' }) }).outcome).toBe('inconclusive');
    expect(verdictOf({ events: without('leecher/2', 'peer-completed') }).outcome).toBe('inconclusive');
    expect(verdictOf({ events: () => [] }).outcome).toBe('inconclusive');
  });

  it('is inconclusive when nobody had to complete and nothing was expected', () => {
    const nothing =
      'No peer that lacked a chunk had to complete, and there are no thresholds, so there is nothing to judge.';
    const plan = { peers: [plannedPeer('a', { mustComplete: false })] };
    expect(verdictOf({ plan }).reasons).toEqual([nothing]);
    const [seeder, ...leechers] = smallSwarm().plan.peers;
    const spared = { peers: [seeder!, ...leechers.map((peer) => ({ ...peer, mustComplete: false }))] };
    expect(verdictOf({ plan: spared })).toMatchObject({ outcome: 'inconclusive', reasons: [nothing] });
  });

  it('is that of the seeders where nobody lacks anything', () => {
    const { plan, record } = smallSwarm();
    const events = record.events.filter(({ peer, type }) => peer === 'seeder' && type === 'peer-joined');
    const alone = { peers: plan.peers.slice(0, 1) };
    expect(verdictOf({ plan: alone, events: () => events })).toMatchObject({
      outcome: 'pass',
      peersToComplete: 1,
    });
  });

  it('does not ask for the completion of peers that need not', () => {
    const { peers } = smallSwarm().plan;
    const plan = { peers: [...peers, plannedPeer('guest', { mustComplete: false })] };
    expect(verdictOf({ plan }).outcome).toBe('pass');
  });

  it('names the first peers of many and counts the rest', () => {
    const names = Array.from({ length: 20 }, (_, i) => `leecher/${i + 1}`);
    const plan = planOf(names.map((name) => plannedPeer(name)));
    const records = names.map((name) => peerRecord(name, { heldChunksAtEnd: 0, integrity: 'incomplete' }));
    const { reasons } = measure(plan, recordOf([], records), testEnvironment).verdict;
    expect(reasons).toHaveLength(6);
    expect(reasons[5]).toBe('The same holds for 15 more peers; peers.csv has them.');
  });

  it('tells which peer or tracker broke', () => {
    const failed: SwarmEvent = {
      type: 'node-failed',
      atMs: 1,
      peer: 'leecher/2',
      code: 'STORE',
      detail: 'disk full',
    };
    const events = (all: readonly SwarmEvent[]) => [failed, ...without('leecher/2', 'peer-completed')(all)];
    const peers = with2({ integrity: 'incomplete', heldChunksAtEnd: 0 });
    expect(verdictOf({ events, peers }).reasons).toContain('leecher/2 could not go on: disk full (STORE).');
  });
});

describe('a peer that may be excused', () => {
  /** leecher/2 does not complete; both leechers may be excused once they are gone. */
  function excusable(gone: { readonly 1?: boolean; readonly 2?: boolean }, expected: Plan['expect'] = []) {
    const { plan, record } = smallSwarm();
    const peers = plan.peers.map((peer) => ({ ...peer, mustComplete: 'unless-gone' as const }));
    const records = record.peers.map((peer): PeerRecord => {
      const number = peer.name === 'leecher/1' ? 1 : 2;
      if (peer.name === 'seeder' || (number === 1 && gone[1] === undefined)) return peer;
      return {
        ...peer,
        heldChunksAtEnd: 3,
        integrity: 'incomplete',
        leftIncomplete: gone[number] === true,
      };
    });
    const events = record.events.filter(
      ({ peer, type }) => type !== 'peer-completed' || (peer === 'leecher/1' && gone[1] === undefined),
    );
    const changed = { ...record, peers: records, events };
    return measure({ ...plan, peers, expect: expected }, changed, testEnvironment);
  }

  const integrity = { text: 'integrity == 100%', metric: 'integrity', comparison: '==', value: 1 } as const;
  const completed = { text: 'completed == 100%', metric: 'completed', comparison: '==', value: 1 } as const;
  const waste = { text: 'waste < 100%', metric: 'waste', comparison: '<', value: 1 } as const;

  it('is not when its departure was still to come: the swarm is incomplete, whatever else was planned', () => {
    const { verdict, swarm, expectations } = excusable({ 2: false }, [integrity, completed]);
    expect(verdict).toMatchObject({
      outcome: 'fail',
      because: 'swarm',
      completedPeers: 2,
      peersToComplete: 3,
    });
    expect(verdict.reasons[0]).toBe('leecher/2: it did not complete (3 of 4 chunks).');
    expect(swarm.makespanMs).toBeNull();
    expect(expectations.map(({ measured }) => measured)).toEqual([2 / 3, 2 / 3]);
  });

  it('is when it has really left: it counts neither among the complete nor in makespan and bound', () => {
    const { verdict, swarm, peers, expectations } = excusable({ 2: true }, [integrity, completed]);
    expect(verdict).toMatchObject({ outcome: 'pass', completedPeers: 2, peersToComplete: 2, intactPeers: 2 });
    expect(peers.map(({ mustComplete }) => mustComplete)).toEqual([true, true, false]);
    expect(expectations.map(({ measured }) => measured)).toEqual([1, 1]);
    expect(swarm.makespanMs).toBe(3000);
    // One copy of 4,000 bytes leaves the seeder at 1,500 B/s; two would take all uplinks 2.3 s at least as well.
    expect(swarm.bound.lowerBoundMs).toBeCloseTo(4000 / 1.5, 6);
  });

  it('leaves nothing to tell from when seeders alone remain: no figure, and no verdict', () => {
    const { verdict, swarm, expectations } = excusable({ 1: true, 2: true }, [integrity, completed, waste]);
    expect(expectations.map(({ measured, outcome }) => [measured, outcome])).toMatchObject([
      [null, 'inconclusive'],
      [null, 'inconclusive'],
      [500 / 8500, 'pass'],
    ]);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', because: 'data' });
    expect(verdict.reasons[0]).toMatch(/^All 2 peers that had to complete left or died before they could/);
    expect([swarm.makespanMs, swarm.bound.efficiency]).toEqual([null, null]);
    expect(excusable({ 1: true, 2: true }, [waste]).verdict.outcome).toBe('inconclusive');
  });
});

describe('trust', () => {
  function trustOf(change: Partial<RunRecord>, host: Partial<RunRecord['host']> = {}) {
    const { plan, record } = smallSwarm();
    return measure(plan, { ...record, host: { ...record.host, ...host }, ...change }, testEnvironment).trust;
  }

  it('is good on a quiet machine, with the shaper’s lateness beside it', () => {
    expect(trustOf({})).toMatchObject({
      level: 'trusted',
      cause: null,
      remedy: null,
      warnings: [],
      shaperLateMeanMs: 0.6,
      shaperLateMaxMs: 3,
    });
  });

  it.each([
    ['loopDelayP99Ms', 45, 'Threads reacted late: event-loop delay 45 ms at the 99th percentile'],
    ['loopDelayMaxMs', 900, 'A thread was blocked for 900 ms (above 175 ms).'],
    ['cpuShare', 0.97, 'The run used 97 % of all cores it may use (above 90 %)'],
    ['loadBefore', 1.5, 'The machine was busy before the run: load 1.50 a core'],
    [
      'throttledShare',
      0.3,
      'the processor quota of the cgroup stopped it in 30 % of its periods (above 5 %)',
    ],
    ['cpuShare', NaN, 'The processor load was not measured.'],
    ['loopDelayP99Ms', NaN, 'The event-loop delay was not measured.'],
  ])('is doubtful when %s is %d, and names the figure', (key, value, warning) => {
    const trust = trustOf({}, { [key]: value });
    expect(trust.level).toBe('doubtful');
    expect(trust.warnings).toEqual([expect.stringContaining(warning)]);
  });

  it('counts the threads that reacted late, where each is known', () => {
    const host = { loopDelayP99Ms: 45, threadDelaysP99Ms: [1, 45, 20, 21] };
    expect(trustOf({}, host).warnings[0]).toMatch(/^2 of 4 threads reacted late: event-loop delay 45 ms/);
  });

  it('doubt never hides the verdict', () => {
    const { plan, record } = smallSwarm();
    const host = { ...record.host, cpuShare: 1, loadBefore: 9, loopDelayP99Ms: 900, loopDelayMaxMs: 900 };
    const { verdict, trust } = measure(plan, { ...record, host }, testEnvironment);
    expect({ outcome: verdict.outcome, level: trust.level }).toEqual({ outcome: 'pass', level: 'doubtful' });
  });

  it('is untrusted when the machine decided the run, and a failure is then inconclusive', () => {
    const { plan, record } = smallSwarm();
    const peers = with2({ integrity: 'incomplete', heldChunksAtEnd: 1 })(record.peers);
    const events = without('leecher/2', 'peer-completed')(record.events);
    const failed = { ...record, peers, events, ending: 'time-limit' as const, elapsedMs: 60_000 };
    const hosts: Partial<RunRecord['host']>[] = [{ loopDelayMaxMs: 44_300 }, { loopDelayP99Ms: 1500 }];
    for (const change of hosts) {
      const host = { ...record.host, ...change };
      const { verdict, trust } = measure(plan, { ...failed, host }, testEnvironment);
      expect(trust.level).toBe('untrusted');
      expect(verdict).toMatchObject({ outcome: 'inconclusive', because: 'data' });
      expect(verdict.reasons[0]).toMatch(/^Untrusted: .* Remedy: let fewer peers run/);
    }
    const busy = measure(plan, { ...failed, host: { ...record.host, loadBefore: 40 } }, testEnvironment);
    expect([busy.trust.level, busy.verdict.outcome]).toEqual(['doubtful', 'fail']);
  });

  it('tells what helps against a doubtful machine, and nothing where the machine is not what is doubted', () => {
    expect(trustOf({}, { loadBefore: 2 }).remedy).toBe(
      'run it again when the machine is quiet and stays as it is, or use --engine virtual',
    );
    const late = trustOf({}, { loadBefore: 2, loopDelayP99Ms: 45, sliceMs: 10 });
    expect(late.remedy).toMatch(/^let fewer peers run, .*lower the rates, use --engine virtual/);
    expect(remedyOfDoubt(late)).toEqual([`What helps: ${late.remedy}.`]);
    expect([trustOf({}).remedy, remedyOfDoubt(trustOf({}))]).toEqual([null, []]);
  });

  it('doubts a run during which the machine changed, says what did, and that another time helps', () => {
    const changes = {
      ownCpuShare: 0.2,
      othersCpuShare: 0.1,
      stolenCpuShare: 0,
      coresBefore: 4,
      coresAfter: 4,
      clockJumpMs: 3,
    };
    expect(trustOf({}, { changes }).level).toBe('trusted');
    for (const change of [
      { othersCpuShare: 0.4 },
      { stolenCpuShare: 0.2 },
      { coresAfter: 2 },
      { clockJumpMs: -5000 },
    ]) {
      const trust = trustOf({}, { changes: { ...changes, ...change } });
      expect([trust.level, trust.cause, trust.warnings.length]).toEqual(['doubtful', null, 1]);
      expect(trust.remedy).toMatch(/^run it again when the machine is quiet and stays as it is/);
    }
    const both = trustOf({}, { changes: { ...changes, othersCpuShare: 0.4 }, loopDelayP99Ms: 45 });
    expect(both.warnings.map((warning) => warning.split(' ')[0])).toEqual(['Other', 'Threads']);
    expect(both.remedy).toMatch(/^let fewer peers run/);
  });

  it.each([
    ['trusted', 5, null],
    ['doubtful', 6, null],
    ['doubtful', 49, null],
    ['untrusted', 50, '50 % of the samples of the swarm were dropped'],
  ])('is %s when %i of 100 samples were dropped', (level, dropped, cause) => {
    const { plan, record } = smallSwarm();
    const { trust } = measure(
      plan,
      { ...record, sampling: { taken: 100 - dropped, dropped } },
      testEnvironment,
    );
    expect(trust).toMatchObject({ level, cause, droppedSamplesShare: dropped / 100 });
    expect(trust.warnings).toHaveLength(level === 'trusted' ? 0 : 1);
    expect(trust.remedy).toEqual(level === 'trusted' ? null : expect.stringMatching(/^let fewer peers run/));
  });

  it('cannot miss a sample in virtual time, where the machine is no part of what is measured', () => {
    const { plan, record } = smallSwarm();
    const host = { ...record.host, loadBefore: 9 };
    const { trust } = measure(plan, { ...record, engine: 'virtual', host }, testEnvironment);
    expect(trust).toMatchObject({ level: 'trusted', remedy: null, droppedSamplesShare: null });
  });

  it('stays a failure on an untrusted machine when bytes are wrong', () => {
    const { plan, record } = smallSwarm();
    const host = { ...record.host, loopDelayP99Ms: 5000 };
    const peers = with2({ integrity: 'corrupt' })(record.peers);
    expect(measure(plan, { ...record, host, peers }, testEnvironment).verdict.outcome).toBe('fail');
  });

  it('is doubtful when the shaper released messages late', () => {
    const { record } = smallSwarm();
    const late = shaping({ releases: 10, lateMsTotal: 200, lateMsMax: 190 });
    const { warnings } = trustOf({ peers: record.peers.map((peer) => ({ ...peer, shaping: late })) });
    expect(warnings).toEqual([
      'Shaped messages went out 20 ms late on average (above 5 ms).',
      'A link let a message or connection go 190 ms late (above 175 ms).',
    ]);
  });

  it('is doubtful when a connection was opened late on a link that lets messages go at once', () => {
    const { record } = smallSwarm();
    const late = shaping({ lateMsMax: 190 });
    const trust = trustOf({ peers: record.peers.map((peer) => ({ ...peer, shaping: late })) });
    expect(trust.warnings).toEqual(['A link let a message or connection go 190 ms late (above 175 ms).']);
    expect([trust.shaperLateMeanMs, trust.shaperLateMaxMs]).toEqual([null, 190]);
    const none = { peers: record.peers.map((peer) => ({ ...peer, shaping: shaping() })) };
    expect(trustOf(none)).toMatchObject({ level: 'trusted', shaperLateMaxMs: null });
  });

  it('does not mind the host in virtual time, where it decides nothing', () => {
    expect(trustOf({ engine: 'virtual' }, { cpuShare: 1, loadBefore: 9, loopDelayP99Ms: 500 }).level).toBe(
      'trusted',
    );
  });

  it('reports a run that beat its bound as a defect', () => {
    const { plan, record } = smallSwarm();
    const peers = plan.peers.map((peer) => ({ ...peer, link: { ...peer.link, upBytesPerSec: 100 } }));
    const { trust, swarm } = measure({ ...plan, peers }, record, testEnvironment);
    expect(swarm.bound.efficiency).toBeGreaterThan(1);
    expect(trust.warnings[0]).toContain('faster than its lower bound');
  });
});
