/** Small hand-made plans and records for tests of figures and renderers. */
import type { SwarmEvent } from '../../core/events.ts';
import type { Address } from '../../core/interfaces.ts';
import type { HostOfRun, PeerRecord, RunRecord } from '../engines/engine.ts';
import type { ShapingTotals, TrafficTotals } from '../network/totals.ts';
import { emptyTraffic } from '../network/meter.ts';
import { emptyShaping } from '../network/shaping-counters.ts';
import { PLAN_SCHEMA_VERSION } from '../plan/plan-schema.ts';
import { unlimitedLink, type Plan, type PlannedPeer } from '../plan/plan.ts';
import { Measurement } from './measure.ts';
import type { Environment, RunResult } from '../result/result.ts';

export const testEnvironment: Environment = {
  version: '0.1.0',
  commit: 'abc1234',
  node: 'v20.20.2',
  platform: 'linux x64',
  cpu: 'Test CPU',
  cores: 2,
  memoryBytes: 8 * 1024 ** 3,
};

export function planOf(peers: readonly PlannedPeer[], changes: Partial<Plan> = {}): Plan {
  return {
    schemaVersion: PLAN_SCHEMA_VERSION,
    scenario: { name: 'fixture', description: 'Do the figures add up?' },
    seed: 'seed-1',
    content: { kind: 'generated', totalChunks: 4, totalBytes: 4000, chunkBytes: 1000, seed: 'content' },
    tracker: {
      edition: 'plain',
      agreement: 1,
      announceIntervalMs: 10_000,
      silenceLimitMs: 30_000,
      peersPerAnswer: 50,
      seed: 'tracker',
    },
    peers,
    regions: null,
    faults: [],
    expect: [],
    abortOn: [],
    variant: null,
    timeLimitMs: 30_000,
    engine: { peersPerWorker: 1 },
    ...changes,
  };
}

/** A leecher that is there from start to end, on an unlimited link. */
export function plannedPeer(name: string, changes: Partial<PlannedPeer> = {}): PlannedPeer {
  return {
    name,
    group: name.split('/')[0]!,
    holds: { kind: 'none' },
    protocol: 'swarm',
    policy: {
      picker: 'rarest-first',
      uploadPolicy: 'tit-for-tat',
      uploadSlots: 4,
      superSeeding: 'auto',
      maxConnections: 50,
    },
    link: unlimitedLink,
    sessions: [{ joinMs: 0, leave: null }],
    mustComplete: true,
    seed: name,
    ...changes,
  };
}

export function traffic(changes: Partial<TrafficTotals> = {}): TrafficTotals {
  return { ...emptyTraffic(), ...changes };
}

export function shaping(changes: Partial<ShapingTotals> = {}): ShapingTotals {
  return { ...emptyShaping(), ...changes };
}

export function peerRecord(name: string, changes: Partial<PeerRecord> = {}): PeerRecord {
  return {
    name,
    traffic: traffic(),
    // All that was sent has left.
    shaping: shaping({ bytesPacedUp: changes.traffic?.payloadSentBytes ?? 0 }),
    heldChunksAtEnd: 4,
    integrity: 'intact',
    leftIncomplete: false,
    ...changes,
  };
}

/** A record with the events of the run. */
export interface RecordedRun extends RunRecord {
  readonly events: readonly SwarmEvent[];
}

/** All at once: the events, in whatever order they are written down, and then the figures. */
export function measure(plan: Plan, { events, ...record }: RecordedRun, environment: Environment): RunResult {
  const measurement = new Measurement(plan);
  for (const event of events.toSorted((a, b) => a.atMs - b.atMs)) measurement.see(event);
  return measurement.result(record, environment);
}

export function recordOf(
  events: readonly SwarmEvent[],
  peers: readonly PeerRecord[],
  changes: Partial<RunRecord> = {},
): RecordedRun {
  return {
    engine: 'threads',
    startedAt: '2026-01-02T03:04:05.678Z',
    setupMs: 40,
    elapsedMs: 4000,
    ending: 'completed',
    events,
    peers,
    tracker: traffic(),
    samples: [],
    host: {
      loopDelayP99Ms: 1,
      loopDelayMaxMs: 3,
      cpuShare: 0.2,
      loadBefore: 0.1,
      maxRssBytes: 100 * 1024 ** 2,
    },
    chunkBytes: [1000, 1000, 1000, 1000],
    faults: [],
    ...changes,
  };
}

export function at(port: number, host = 'localhost'): Address {
  return { host, port };
}

export function joinedEvent(peer: string, atMs: number, port: number, heldChunks = 0): SwarmEvent {
  return {
    type: 'peer-joined',
    atMs,
    peer,
    address: at(port),
    protocol: 'swarm',
    heldChunks,
    totalChunks: 4,
  };
}

export function receivedEvent(
  peer: string,
  atMs: number,
  index: number,
  from: Address | number,
  bytes = 1000,
): SwarmEvent {
  return {
    type: 'chunk-received',
    atMs,
    peer,
    index,
    from: typeof from === 'number' ? at(from) : from,
    bytes,
    tookMs: 10,
  };
}

/**
 * A seeder (1,500 B/s up) and two leechers (1,000 B/s up) share four chunks of 1,000 bytes. The seeder sends five
 * chunks, leecher/1 sends three; leecher/2 gets one chunk twice. leecher/1 completes at 3 s, leecher/2 at 3.5 s.
 */
export function smallSwarm(): { plan: Plan; record: RecordedRun } {
  const limited = (upBytesPerSec: number) => ({
    link: { ...unlimitedLink, upBytesPerSec, latencyMs: 10 },
  });
  const plan = planOf([
    plannedPeer('seeder', { ...limited(1500), holds: { kind: 'all' } }),
    plannedPeer('leecher/1', limited(1000)),
    plannedPeer('leecher/2', limited(1000)),
  ]);
  const events: SwarmEvent[] = [
    { type: 'tracker-started', atMs: 0, peer: 'tracker', address: at(5100) },
    joinedEvent('seeder', 0, 1, 4),
    joinedEvent('leecher/1', 0, 2),
    joinedEvent('leecher/2', 0, 3),
    receivedEvent('leecher/1', 1000, 1, 1),
    receivedEvent('leecher/2', 1500, 1, at(2, '127.0.0.1')),
    receivedEvent('leecher/1', 2000, 2, 1),
    receivedEvent('leecher/2', 2200, 3, 1),
    receivedEvent('leecher/2', 2500, 2, 2),
    {
      type: 'chunk-discarded',
      atMs: 2600,
      peer: 'leecher/2',
      index: 2,
      from: at(1),
      bytes: 500,
      reason: 'duplicate',
    },
    receivedEvent('leecher/1', 2700, 3, 3),
    receivedEvent('leecher/1', 3000, 4, 1),
    { type: 'peer-completed', atMs: 3000, peer: 'leecher/1' },
    receivedEvent('leecher/2', 3500, 4, 2),
    { type: 'peer-completed', atMs: 3500, peer: 'leecher/2' },
  ];
  const totals = (sent: number, received: number) =>
    traffic({
      payloadSentBytes: sent,
      payloadReceivedBytes: received,
      controlSentBytes: 100,
      controlReceivedBytes: 100,
    });
  const paced = shaping({
    bytesPacedUp: 5000,
    bytesDelayed: 1000,
    lateMsTotal: 6,
    lateMsMax: 3,
    releases: 10,
  });
  const record = recordOf(
    events,
    [
      peerRecord('seeder', { traffic: totals(4500, 0), shaping: paced }),
      peerRecord('leecher/1', { traffic: totals(3000, 4000), shaping: paced }),
      peerRecord('leecher/2', { traffic: totals(1000, 4500) }),
    ],
    {
      tracker: traffic({
        controlSentBytes: 150,
        controlReceivedBytes: 250,
        messagesReceived: 12,
        messagesSent: 8,
      }),
      samples: [0, 1000, 2000, 3000, 4000].map((atMs, i) => ({
        atMs,
        usefulBytes: [0, 1000, 3000, 7000, 8000][i]!,
        payloadSentBytes: [0, 1000, 3500, 7500, 8500][i]!,
        controlSentBytes: [50, 150, 250, 350, 450][i]!,
        peersAlive: 3,
        peersCompleted: [1, 1, 1, 2, 3][i]!,
        progress: [0, 0.125, 0.375, 0.875, 1][i]!,
        trackerReceived: [1, 4, 8, 10, 12][i]!,
      })),
    },
  );
  return { plan, record };
}

/** The small swarm with its figures. */
export function measuredSmallSwarm(): { plan: Plan; record: RecordedRun; result: RunResult } {
  const { plan, record } = smallSwarm();
  return { plan, record, result: measure(plan, record, testEnvironment) };
}

/** A host of a cluster that did its part well. */
export function hostOfRun(changes: Partial<HostOfRun> = {}): HostOfRun {
  return {
    name: 'lab-1',
    address: '10.0.0.1',
    peers: 1,
    lost: false,
    clockErrorMs: 1,
    loopDelayP99Ms: 1,
    loopDelayMaxMs: 1,
    cpuShare: 0,
    loadBefore: 0,
    maxRssBytes: 1,
    ...changes,
  };
}
