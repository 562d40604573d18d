/** Fills in the defaults of groups, and makes the groups of a combination. */
import { peerDefaults } from '../../../core/peer/options.ts';
import type { ChunkRange, WrittenDefaults, WrittenGroup } from '../language/group-schema.ts';
import { CHUNKS_MAX } from '../language/limits.ts';
import { without } from '../source/plain-data.ts';
import { DEFAULT_LOSS_TIMEOUT_MS, DEFAULT_SEGMENT_BYTES, type WrittenLink } from '../language/link-schema.ts';
import type {
  Arrival,
  GroupLink,
  GroupLinkChange,
  HeldChunks,
  Leave,
  PeerGroup,
  ScenarioContent,
} from '../language/scenario.ts';

/** A group before its defaults: what is said of it, from the most general to the most particular. */
export interface GroupDraft {
  readonly name: string;
  readonly count: number;
  readonly labels: readonly string[];
  readonly said: readonly WrittenDefaults[];
}

/** @param size of all peers of the written group */
export function draftsOf(
  name: string,
  group: WrittenGroup,
  defaults: WrittenDefaults | undefined,
  size: number,
): readonly GroupDraft[] {
  const { combine } = group;
  const own = without(group, 'combine', 'count', 'share');
  const general = defaults === undefined ? [own] : [defaults, own];
  if (combine === undefined) return [{ name, count: size, labels: [], said: general }];
  return Object.entries(combine.locations).flatMap(([place, location]) =>
    Object.entries(combine.profiles).map(([kind, profile]) => ({
      name: `${name}-${place}-${kind}`,
      count: combine.per_combination,
      labels: [name, place, kind],
      said: [...general, location, profile],
    })),
  );
}

export function resolveGroup({ name, count, labels, said }: GroupDraft, content: ScenarioContent): PeerGroup {
  const last = <K extends keyof WrittenDefaults>(key: K): WrittenDefaults[K] =>
    said.findLast((words) => words[key] !== undefined)?.[key];
  const policy = keyByKey(said.map((words) => words.policy));
  const session = keyByKey(said.map((words) => words.session));
  const leave: Leave | null =
    session.leave === undefined
      ? null
      : {
          afterMs: session.leave.after ?? { kind: 'constant', value: 0 },
          from: session.leave.from,
          how: session.leave.how,
        };
  const back = session.return;
  return {
    name,
    count,
    holds: resolveHolds(last('holds'), content),
    protocol: last('protocol') ?? 'swarm',
    policy: {
      picker: policy.picker ?? peerDefaults.picker,
      uploadPolicy: policy.upload_policy ?? peerDefaults.uploadPolicy,
      uploadSlots: policy.upload_slots ?? peerDefaults.uploadSlots,
      superSeeding: policy.super_seeding ?? peerDefaults.superSeeding,
      maxConnections: policy.max_connections ?? peerDefaults.maxConnections,
    },
    link: resolveLink(keyByKey(said.map((words) => words.link))),
    arrival: resolveArrival(last('arrival')),
    leave,
    comeBack:
      back === undefined ? null : { afterMs: back.after, keepChunks: back.keep_chunks, times: back.times },
    mustComplete: last('must_complete') ?? 'unless-gone',
    region: last('region') ?? null,
    labels,
  };
}

/** A map of which each key is taken from whoever says it last. */
function keyByKey<T extends object>(maps: readonly (T | undefined)[]): Partial<T> {
  const entries = maps.flatMap((map) => Object.entries(map ?? {})).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
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

function resolveLink(written: Partial<WrittenLink>): GroupLink {
  const { loss, window, changes = [] } = written;
  return {
    up: written.up ?? null,
    down: written.down ?? null,
    latencyMs: written.latency ?? { kind: 'constant', value: 0 },
    jitterMs: written.jitter ?? null,
    loss:
      loss === undefined
        ? null
        : {
            probability: loss.probability,
            segmentBytes: loss.segment ?? DEFAULT_SEGMENT_BYTES,
            timeoutMs: loss.timeout ?? DEFAULT_LOSS_TIMEOUT_MS,
          },
    window: window === undefined ? null : { bytes: window.bytes, slowStart: window.slow_start },
    changes: changes
      .map(({ at, over = 0, up, down, latency }): GroupLinkChange => ({
        atMs: at,
        overMs: over,
        ...(up === undefined ? {} : { up }),
        ...(down === undefined ? {} : { down }),
        ...(latency === undefined ? {} : { latencyMs: latency }),
      }))
      .sort((a, b) => a.atMs - b.atMs),
  };
}

function resolveArrival(written: WrittenGroup['arrival']): Arrival {
  const startMs = written?.at ?? 0;
  if (written?.uniform !== undefined) {
    return { kind: 'uniform', fromMs: written.uniform.from, toMs: written.uniform.to };
  }
  if (written?.poisson !== undefined) return { kind: 'poisson', startMs, perSecond: written.poisson.rate };
  if (written?.trace !== undefined) {
    const rows = written.trace.map(({ join, leave }) => ({ joinMs: join, leaveMs: leave ?? null }));
    return { kind: 'trace', rows, how: written.how ?? 'graceful' };
  }
  return { kind: 'spaced', startMs, gapMs: written?.spaced ?? 0 };
}
