import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SwarmEvent } from '../../core/events.ts';
import {
  at,
  joinedEvent,
  measuredSmallSwarm,
  peerRecord,
  planOf,
  plannedPeer,
  receivedEvent,
  recordOf,
  smallSwarm,
  testEnvironment,
  shaping,
  traffic,
  measure,
} from './fixture.ts';
import { unlimitedLink } from '../plan/plan.ts';

describe('the small swarm, computed by hand', () => {
  const { swarm, peers, groups, flows, tracker } = measuredSmallSwarm().result;

  it('has the makespan and completion times of its leechers, not of its seeder', () => {
    expect(swarm.makespanMs).toBe(3500);
    expect(swarm.completionMs).toEqual({
      count: 2,
      min: 3000,
      median: 3250,
      mean: 3250,
      p95: 3475,
      max: 3500,
    });
    expect(peers.map(({ completionMs }) => completionMs)).toEqual([0, 3000, 3500]);
  });

  it('counts each byte as useful or wasted', () => {
    expect(swarm).toMatchObject({
      usefulBytes: 8000,
      wastedBytes: 500,
      payloadBytes: 8500,
      controlBytes: 450,
    });
    expect(swarm.waste).toBeCloseTo(500 / 8500, 12);
    expect(swarm.overhead).toBeCloseTo(450 / 8500, 12);
    expect(swarm.goodputBytesPerSec).toBeCloseTo(8000 / 3.5, 9);
    expect(swarm.throughputBytesPerSec).toBeCloseTo(8500 / 3.5, 9);
  });

  it('says how the uploading was shared', () => {
    expect(swarm.fairness).toBeCloseTo(8500 ** 2 / (3 * (4500 ** 2 + 3000 ** 2 + 1000 ** 2)), 12);
    expect(swarm.seederLoad).toBe(4500 / 4000);
    expect(swarm.uploadUtilisation).toBeCloseTo(8500 / (3500 * 3.5), 12);
    expect(peers.map(({ shareRatio }) => shareRatio)).toEqual([null, 0.75, 1000 / 4500]);
  });

  it('has its fluid bound, its client-server bound and its store-and-forward bound', () => {
    expect(swarm.bound).toMatchObject({
      limitedBy: 'seeder-uplink',
      clientServerMs: expect.closeTo(8000 / 1.5, 9),
      storeAndForwardMs: null,
    });
    expect(swarm.bound.lowerBoundMs).toBeCloseTo(4000 / 1.5, 9);
    expect(swarm.bound.efficiency).toBeCloseTo(4000 / 1.5 / 3500, 12);
  });

  it('tells who sent what to whom, whichever way the loopback is spelled', () => {
    expect(flows).toEqual([
      { from: 'leecher/1', to: 'leecher/2', chunks: 3, bytes: 3000 },
      { from: 'seeder', to: 'leecher/1', chunks: 3, bytes: 3000 },
      { from: 'leecher/2', to: 'leecher/1', chunks: 1, bytes: 1000 },
      { from: 'seeder', to: 'leecher/2', chunks: 1, bytes: 1000 },
    ]);
  });

  it('sums its groups and measures the load of its tracker', () => {
    expect(groups.map(({ name, peers: n, completed }) => [name, n, completed])).toEqual([
      ['seeder', 1, 1],
      ['leecher', 2, 2],
    ]);
    expect(groups[1]).toMatchObject({ uploadedBytes: 4000, downloadedBytes: 8500 });
    expect(tracker).toMatchObject({ requestsPerSec: 3, bytesPerSec: 100, requestsPerPeer: 4 });
  });
});

describe('peers that come, go and come back', () => {
  it('knows a returning peer by its new port, and the owner of a port that was given away again', () => {
    const plan = planOf([
      plannedPeer('a', { holds: { kind: 'all' } }),
      plannedPeer('b', { mustComplete: false }),
      plannedPeer('c'),
    ]);
    const events: SwarmEvent[] = [
      joinedEvent('a', 0, 1, 4),
      joinedEvent('b', 0, 2),
      receivedEvent('b', 100, 1, 1),
      receivedEvent('c', 200, 1, 2),
      { type: 'peer-crashed', atMs: 300, peer: 'b' },
      joinedEvent('a', 400, 2, 4),
      receivedEvent('c', 500, 2, 2),
    ];
    const { flows } = measure(plan, recordOf(events, []), testEnvironment);
    expect(flows.map(({ from, to }) => `${from}>${to}`)).toEqual(['a>b', 'a>c', 'b>c']);
  });

  it('counts a chunk that is downloaded again after a loss as waste', () => {
    const plan = planOf([plannedPeer('a', { holds: { kind: 'all' } }), plannedPeer('b')]);
    const events = [joinedEvent('a', 0, 1, 4), receivedEvent('b', 1, 1, 1), receivedEvent('b', 2, 1, 1)];
    const { swarm } = measure(plan, recordOf(events, []), testEnvironment);
    expect(swarm).toMatchObject({ usefulBytes: 1000, wastedBytes: 1000 });
  });

  it('counts the completion time from the first join of a late peer', () => {
    const plan = planOf([plannedPeer('a', { sessions: [{ joinMs: 1000, leave: null }] })]);
    const events: SwarmEvent[] = [
      joinedEvent('a', 1010, 1),
      { type: 'peer-completed', atMs: 2500, peer: 'a' },
    ];
    const result = measure(plan, recordOf(events, [peerRecord('a')]), testEnvironment);
    expect(result.peers[0]).toMatchObject({ joinedMs: 1010, completedMs: 2500, completionMs: 1490 });
    expect(result.swarm.makespanMs).toBe(2500);
    expect(result.swarm.bound).toMatchObject({ lowerBoundMs: null });
  });

  it('counts the last completion of a peer that lost chunks before all were complete', () => {
    const plan = planOf([plannedPeer('a'), plannedPeer('b')]);
    const events: SwarmEvent[] = [
      joinedEvent('a', 0, 1),
      { type: 'peer-completed', atMs: 1000, peer: 'a' },
      { type: 'peer-crashed', atMs: 1500, peer: 'a' },
      joinedEvent('b', 0, 3),
      { type: 'peer-completed', atMs: 1800, peer: 'b' },
      joinedEvent('a', 2000, 2),
      { type: 'peer-completed', atMs: 2500, peer: 'a' },
    ];
    const records = ['a', 'b'].map((name) => peerRecord(name));
    const { swarm, peers } = measure(plan, recordOf(events, records), testEnvironment);
    expect([swarm.makespanMs, peers[0]?.completionMs]).toEqual([2500, 2500]);
  });

  it('knows the makespan once all were complete, whatever is lost after it', () => {
    const plan = planOf([plannedPeer('a'), plannedPeer('b')]);
    const events: SwarmEvent[] = [
      joinedEvent('a', 0, 1),
      joinedEvent('b', 0, 3),
      { type: 'peer-completed', atMs: 1000, peer: 'a' },
      { type: 'peer-completed', atMs: 1200, peer: 'b' },
      { type: 'peer-crashed', atMs: 1500, peer: 'a' },
      joinedEvent('a', 2000, 2),
      { type: 'peer-completed', atMs: 2500, peer: 'a' },
    ];
    const records = ['a', 'b'].map((name) => peerRecord(name));
    const { swarm, peers } = measure(plan, recordOf(events, records), testEnvironment);
    expect([swarm.makespanMs, peers[0]?.completionMs]).toEqual([1200, 1000]);
  });

  it('an uplink has carried what has left, not what still waits for it when the run ends', () => {
    const plan = planOf([
      plannedPeer('s', { holds: { kind: 'all' }, link: { ...unlimitedLink, upBytesPerSec: 1000 } }),
      plannedPeer('a', { holds: { kind: 'chunks', indices: [1, 2, 3] } }),
    ]);
    const events: SwarmEvent[] = [
      joinedEvent('s', 0, 1, 4),
      joinedEvent('a', 0, 2, 3),
      receivedEvent('a', 1000, 4, 1),
      { type: 'peer-completed', atMs: 1000, peer: 'a' },
    ];
    const sent = { traffic: traffic({ payloadSentBytes: 1500 }), shaping: shaping({ bytesPacedUp: 950 }) };
    const { peers } = measure(
      plan,
      recordOf(events, [peerRecord('s', sent), peerRecord('a')]),
      testEnvironment,
    );
    expect(peers[0]!.uploadUtilisation).toBe(0.95);
  });

  it('leaves what happens after the makespan out of the rates', () => {
    const plan = planOf([
      plannedPeer('s', {
        holds: { kind: 'all' },
        link: { ...unlimitedLink, upBytesPerSec: 1000 },
      }),
      plannedPeer('a', { holds: { kind: 'chunks', indices: [1, 2, 3] } }),
      plannedPeer('b', { mustComplete: false }),
    ]);
    const events: SwarmEvent[] = [
      joinedEvent('s', 0, 1, 4),
      joinedEvent('a', 0, 2, 3),
      receivedEvent('a', 1000, 4, 1),
      { type: 'peer-completed', atMs: 1000, peer: 'a' },
      receivedEvent('b', 2000, 1, 1),
    ];
    const records = [
      peerRecord('s', { traffic: traffic({ payloadSentBytes: 2000 }) }),
      peerRecord('a'),
      peerRecord('b', { heldChunksAtEnd: 1, integrity: 'incomplete' }),
    ];
    const { swarm } = measure(plan, recordOf(events, records), testEnvironment);
    expect(swarm).toMatchObject({
      usefulBytes: 2000,
      goodputBytesPerSec: 1000,
      throughputBytesPerSec: 1000,
      uploadUtilisation: 1,
    });
  });
});

describe('figures without data', () => {
  it('are null, never 0, when nothing happened', () => {
    const plan = planOf([plannedPeer('a')]);
    const { swarm, flows } = measure(plan, recordOf([], [], { elapsedMs: 0 }), testEnvironment);
    expect(flows).toEqual([]);
    expect(swarm).toMatchObject({
      makespanMs: null,
      completionMs: null,
      goodputBytesPerSec: null,
      throughputBytesPerSec: null,
      overhead: null,
      waste: null,
      fairness: null,
      seederLoad: null,
      uploadUtilisation: null,
      bound: { lowerBoundMs: null, efficiency: null },
    });
  });
});

describe('clients from outside the plan', () => {
  const plan = planOf([plannedPeer('a')]);
  const events: SwarmEvent[] = [
    joinedEvent('a', 0, 1),
    receivedEvent('a', 10, 1, at(5555, '127.0.0.1')),
    { type: 'peer-completed', atMs: 20, peer: 'a' },
  ];
  const { flows, swarm } = measure(plan, recordOf(events, [peerRecord('a')]), testEnvironment);

  it('appear by address in the flows', () => {
    expect(flows).toEqual([{ from: 'localhost:5555', to: 'a', chunks: 1, bytes: 1000 }]);
  });

  it('take the bound away, since their uplink is unknown', () => {
    expect(swarm.bound.lowerBoundMs).toBeNull();
    expect(swarm.bound.note).toContain('localhost:5555');
  });
});

describe('the chunks of given folders', () => {
  const folders = (count: number) =>
    planOf(
      Array.from({ length: count }, (_, folder) =>
        plannedPeer(`peer/${folder + 1}`, {
          holds: { kind: 'folder', folder },
          link: { ...unlimitedLink, upBytesPerSec: 1000 },
        }),
      ),
      {
        content: {
          kind: 'folders',
          folders: ['x', 'y'],
          totalChunks: 4,
          chunkBytes: [1000, 1000, 1000, 1000],
        },
      },
    );
  const announced = (peer: string, index: number): SwarmEvent => ({
    type: 'chunk-announced',
    atMs: 1,
    peer,
    index,
    address: at(1),
    protocol: 'spec',
  });

  it('are what a peer announced and did not receive, so that partial holders have a bound', () => {
    const events: SwarmEvent[] = [
      joinedEvent('peer/1', 0, 1, 3),
      joinedEvent('peer/2', 0, 2, 2),
      ...[1, 2, 3].map((index) => announced('peer/1', index)),
      ...[3, 4].map((index) => announced('peer/2', index)),
      receivedEvent('peer/1', 2000, 4, 2),
      { type: 'peer-completed', atMs: 2000, peer: 'peer/1' },
      receivedEvent('peer/2', 2100, 1, 1),
      announced('peer/2', 1),
    ];
    const { swarm } = measure(folders(2), recordOf(events, []), testEnvironment);
    // Chunks 1 and 2 are only at peer/1: two seconds; all uplinks together carry the three missing in 1.5 s.
    expect(swarm.bound).toMatchObject({
      lowerBoundMs: 2000,
      limitedBy: 'seeder-uplink',
      clientServerMs: null,
    });
    expect(swarm.seederLoad).toBeNull();
  });

  it('are all when the peer said so on joining, announced or not', () => {
    const events: SwarmEvent[] = [joinedEvent('peer/1', 0, 1, 4)];
    const { swarm, peers } = measure(folders(1), recordOf(events, []), testEnvironment);
    expect([swarm.seederLoad, peers[0]?.completionMs]).toEqual([0, 0]);
  });

  it('are unknown, and with them the bound, when the events do not agree with what the peer said', () => {
    const events: SwarmEvent[] = [joinedEvent('peer/1', 0, 1, 3), announced('peer/1', 1)];
    const { swarm } = measure(folders(1), recordOf(events, []), testEnvironment);
    expect(swarm.bound.note).toBe('It is not known which chunks peer/1 held at the start.');
  });
});

describe('whatever is received', () => {
  const events = fc.array(
    fc.record({
      to: fc.constantFrom('a', 'b', 'c'),
      index: fc.integer({ min: 1, max: 4 }),
      from: fc.integer({ min: 1, max: 5 }),
      atMs: fc.integer({ min: 1, max: 4000 }),
      bytes: fc.integer({ min: 0, max: 1e6 }),
    }),
  );
  const plan = planOf(['a', 'b', 'c'].map((name) => plannedPeer(name)));
  const joins = ['a', 'b', 'c'].map((name, i) => joinedEvent(name, 0, i + 1));

  it('flows add up to the useful bytes, of the swarm and of its peers', () => {
    fc.assert(
      fc.property(events, (drawn) => {
        const received = drawn.map((e) => receivedEvent(e.to, e.atMs, e.index, e.from, e.bytes));
        const { flows, swarm, peers } = measure(plan, recordOf([...joins, ...received], []), testEnvironment);
        const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
        expect(sum(flows.map(({ bytes }) => bytes))).toBe(swarm.usefulBytes);
        expect(sum(peers.map(({ usefulBytes }) => usefulBytes))).toBe(swarm.usefulBytes);
        expect(swarm.usefulBytes + swarm.wastedBytes).toBe(sum(drawn.map(({ bytes }) => bytes)));
      }),
    );
  });

  it('fairness is between 1/n and 1', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 3, maxLength: 3 }), (sent) => {
        const records = ['a', 'b', 'c'].map((name, i) =>
          peerRecord(name, { traffic: traffic({ payloadSentBytes: sent[i] }) }),
        );
        const { fairness } = measure(plan, recordOf(joins, records), testEnvironment).swarm;
        expect(fairness === null).toBe(sent.every((bytes) => bytes === 0));
        if (fairness === null) return;
        expect(fairness).toBeGreaterThanOrEqual(1 / 3);
        expect(fairness).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a link that is not the same all the time', () => {
  it('counts a slow-down in what the uplink could have carried, not in the bound', () => {
    const { plan, record } = smallSwarm();
    const effect = { kind: 'slow-down', peers: ['leecher/2'], factor: 0.5 } as const;
    const faults = [
      { name: 'slow', when: { kind: 'time', atMs: 0 } as const, forMs: 3500, again: null, effect },
    ];
    const record2 = {
      ...record,
      faults: [
        {
          name: 'slow',
          kind: 'slow-down' as const,
          occurrence: 1,
          targets: ['leecher/2'],
          plannedMs: 0,
          beganMs: 0,
          endedMs: 3500,
          hits: 1,
          effect: '',
        },
      ],
    };
    const before = measure(plan, record, testEnvironment);
    const slowed = measure({ ...plan, faults }, record2, testEnvironment);
    // 1,000 of 3,500 bytes became 1,000 of 1,750.
    expect(before.peers[2]!.uploadUtilisation).toBeCloseTo(1000 / 3500, 9);
    expect(slowed.peers[2]!.uploadUtilisation).toBeCloseTo(1000 / 1750, 9);
    expect(slowed.swarm.bound.lowerBoundMs).toBe(before.swarm.bound.lowerBoundMs);
  });

  it('has a bound by the fastest that its link ever is', () => {
    const { plan, record } = smallSwarm();
    const [seeder, ...others] = plan.peers;
    const changes = [{ atMs: 1000, overMs: 500, upBytesPerSec: 4000 }];
    const peers = [{ ...seeder!, link: { ...seeder!.link, changes } }, ...others];
    const { swarm } = measure({ ...plan, peers }, record, testEnvironment);
    // 8,000 bytes through 4,000 + 1,000 + 1,000 bytes/s, and 4,000 through the seeder's 4,000.
    expect(swarm.bound.lowerBoundMs).toBeCloseTo(8000 / 6, 6);
  });
});
