/** Fills in the defaults of a scenario as written. */
import { peerDefaults } from '../../core/peer/options.ts';
import { trackerDefaults } from '../../core/tracker/options.ts';
import { CHUNKS_MAX, type ChunkRange, type WrittenDefaults, type WrittenGroup } from './group-schema.ts';
import type {
  Arrival,
  GroupLink,
  HeldChunks,
  Leave,
  PeerGroup,
  Scenario,
  ScenarioContent,
} from './scenario.ts';
import { DEFAULT_TIME_LIMIT_MS, type WrittenContent, type WrittenScenario } from './schema.ts';

export const DEFAULT_CHUNK_BYTES = 256 * 1024;

export function resolveScenario(name: string, written: WrittenScenario, content: ScenarioContent): Scenario {
  return {
    name,
    description: written.description,
    seed: written.seed,
    content,
    tracker: resolveTracker(written.tracker),
    groups: resolveGroups(written.peers, written.defaults, content),
    regions: null,
    faults: [],
    expect: [],
    abortOn: [],
    experiment: { repeat: 1, arms: [], baseline: null },
    timeLimitMs: written.time_limit ?? DEFAULT_TIME_LIMIT_MS,
    peersPerWorker: written.engine?.peers_per_worker ?? 1,
  };
}

export function resolveTracker(written: WrittenScenario['tracker']): Scenario['tracker'] {
  const edition = written?.edition ?? trackerDefaults.edition;
  const interval = written?.announce_interval;
  return {
    edition,
    agreement: written?.agreement ?? (edition === 'hashed' ? 2 : 1),
    announceIntervalMs: interval ?? trackerDefaults.announceIntervalMs,
    silenceLimitMs:
      written?.silence_limit ?? (interval === undefined ? trackerDefaults.silenceLimitMs : 3 * interval),
    peersPerAnswer: written?.peers_per_answer ?? trackerDefaults.peersPerAnswer,
  };
}

/** Generated content; `undefined` when the file has folders instead. */
export function resolveGenerated({ generate }: WrittenContent): ScenarioContent | undefined {
  if (generate === undefined) return undefined;
  const chunkBytes = Math.min(generate.chunk_size ?? DEFAULT_CHUNK_BYTES, generate.size);
  const totalChunks = Math.ceil(generate.size / chunkBytes);
  return { kind: 'generated', totalChunks, totalBytes: generate.size, chunkBytes };
}

/** Without groups, each folder of the content is a peer: `peer1`, `peer2`… */
function resolveGroups(
  peers: WrittenScenario['peers'],
  defaults: WrittenDefaults | undefined,
  content: ScenarioContent,
): readonly PeerGroup[] {
  if (peers !== undefined) {
    return Object.entries(peers).map(([name, group]) => resolveGroup(name, group, defaults, content));
  }
  const folders = content.kind === 'folders' ? content.folders : [];
  return folders.map((_, index) =>
    resolveGroup(
      `peer${index + 1}`,
      { count: 1, holds: { kind: 'folder', folder: index + 1 } },
      defaults,
      content,
    ),
  );
}

export function resolveGroup(
  name: string,
  group: WrittenGroup,
  defaults: WrittenDefaults | undefined,
  content: ScenarioContent,
): PeerGroup {
  const policy = { ...defined(defaults?.policy), ...defined(group.policy) };
  const session = { ...defined(defaults?.session), ...defined(group.session) };
  const leave: Leave | null =
    session.leave === undefined
      ? null
      : { afterMs: session.leave.after, from: session.leave.from, how: session.leave.how };
  const back = session.return;
  const goneForGood = leave !== null && leave.from !== 'completion' && back === undefined;
  return {
    name,
    count: group.count,
    holds: resolveHolds(group.holds ?? defaults?.holds, content),
    protocol: group.protocol ?? defaults?.protocol ?? 'swarm',
    policy: {
      picker: policy.picker ?? peerDefaults.picker,
      uploadSlots: policy.upload_slots ?? peerDefaults.uploadSlots,
      superSeeding: policy.super_seeding ?? peerDefaults.superSeeding,
      maxConnections: policy.max_connections ?? peerDefaults.maxConnections,
    },
    link: resolveLink({ ...defined(defaults?.link), ...defined(group.link) }),
    arrival: resolveArrival(group.arrival ?? defaults?.arrival),
    leave,
    comeBack: back === undefined ? null : { afterMs: back.after, keepChunks: back.keep_chunks, times: 1 },
    mustComplete: group.must_complete ?? defaults?.must_complete ?? !goneForGood,
    region: null,
    labels: [],
  };
}

function resolveHolds(written: WrittenGroup['holds'], content: ScenarioContent): HeldChunks {
  switch (written?.kind) {
    case undefined:
    case 'none':
      return { kind: 'none' };
    case 'all':
      return { kind: 'all' };
    case 'chunks':
      return { kind: 'chunks', indices: indicesIn(written.ranges, content.totalChunks) };
    case 'share':
      return { kind: 'drawn', chunks: Math.round(written.share * content.totalChunks) };
    case 'folder':
      return { kind: 'folder', folder: folderPosition(written.folder, content) };
  }
}

/** Position in content.folders from 0; -1 when there is no such folder. */
export function folderPosition(written: string | number, content: ScenarioContent): number {
  if (content.kind !== 'folders') return -1;
  if (typeof written === 'number') return written <= content.folders.length ? written - 1 : -1;
  return content.folders.findIndex((folder) => folder.path === written);
}

function indicesIn(ranges: readonly ChunkRange[], totalChunks: number): readonly number[] {
  const indices = new Set<number>();
  for (const [first, last] of ranges) {
    for (let index = first; index <= Math.min(last, totalChunks, CHUNKS_MAX); index++) indices.add(index);
  }
  return [...indices].sort((a, b) => a - b);
}

function resolveLink(written: NonNullable<WrittenGroup['link']>): GroupLink {
  return {
    up: written.up ?? null,
    down: written.down ?? null,
    latencyMs: written.latency ?? { kind: 'constant', value: 0 },
    jitterMs: written.jitter ?? null,
    loss: null,
    window: null,
    changes: [],
  };
}

function resolveArrival(written: WrittenGroup['arrival']): Arrival {
  const startMs = written?.at ?? 0;
  if (written?.uniform !== undefined) {
    return { kind: 'uniform', fromMs: written.uniform.from, toMs: written.uniform.to };
  }
  if (written?.poisson !== undefined) return { kind: 'poisson', startMs, perSecond: written.poisson.rate };
  return { kind: 'spaced', startMs, gapMs: written?.spaced ?? 0 };
}

/** Without the keys that are there but undefined, which would hide a default. */
function defined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(value ?? {}).filter(([, item]) => item !== undefined),
  ) as Partial<T>;
}
