/** What a run would need of this machine, and whether it is there. */
import { readFileSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { ConfigError } from '../../../core/errors.ts';
import { reasonOf } from '../../../core/node/store/store-errors.ts';
import { MIB } from '../../../core/units.ts';
import { chunkBytesOf } from '../../content/planned-content.ts';
import { memory } from '../../machine/memory.ts';
import { openFilesMax } from '../../machine/open-files.ts';
import { processors } from '../../machine/processors.ts';
import { threadLimits, threadsLeft, type ThreadLimit } from '../../machine/threads.ts';
import type { Plan } from '../../plan/plan.ts';
import { describeShortages, type Shortage } from '../../plan/shortage.ts';
import type { EngineNeeds } from '../engine.ts';
import { processorTimeOf } from './processor-time.ts';
import { LOOPBACK_ADDRESSES, whyAddresses } from './addresses.ts';
import { connectionsMaxOf, trackerEndsOf, WHOLE, type PartOfRun } from './part-of-run.ts';
import { roomInMemory } from './scratch.ts';

/** Measured on Linux with Node 20. */
const BYTES_PER_THREAD = 14 * MIB;
/** What the main thread takes more than at the start, and the kernel for sockets, buffers and small files. */
const BYTES_RESERVED = 64 * MIB;
const DESCRIPTORS_PER_THREAD = 6;
const MAPS_PER_THREAD = 40;
/** The process itself, its files and its pipes. */
const DESCRIPTORS_RESERVED = 64;
/** Node starts them when it first needs them: those of libuv's pool. */
const THREADS_RESERVED = 4;
/** A peer's listener, its connection to the tracker (both ends are ours) and the chunk files it has open. */
const DESCRIPTORS_PER_PEER = 3 + 8;

/** Infinity where the system sets or tells no limit. */
export interface MachineLimits {
  readonly openFiles: number;
  readonly memoryMaps: number;
  /** All that bound the number of threads. */
  readonly threads: readonly ThreadLimit[];
  readonly freeBytes: number;
  /** The setting of a cgroup that keeps it from more memory; null: there is no more. */
  readonly freeSetBy: string | null;
  /** Where temporary files go that are too many for memory. */
  readonly freeDiskBytes: number;
  /** Why there is no such place at all; then `freeDiskBytes` is 0. */
  readonly diskTrouble?: string;
  /** Temporary files that may go to memory, see `roomInMemory`. */
  readonly roomInMemoryBytes: number;
  readonly loopbackAddresses: number;
}

export function machineLimits(): MachineLimits {
  const { freeBytes, freeSetBy } = memory();
  const memoryMaps = readOptional('/proc/sys/vm/max_map_count');
  return {
    openFiles: openFilesMax() ?? Infinity,
    memoryMaps: memoryMaps === '' ? Infinity : Number(memoryMaps),
    threads: threadLimits(),
    freeBytes,
    freeSetBy,
    ...freeOnDisk(tmpdir()),
    roomInMemoryBytes: roomInMemory(),
    loopbackAddresses: LOOPBACK_ADDRESSES,
  };
}

function freeOnDisk(folder: string): Pick<MachineLimits, 'freeDiskBytes' | 'diskTrouble'> {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return { freeDiskBytes: bavail * bsize };
  } catch (cause) {
    // Memory may have room for all that is needed.
    return { freeDiskBytes: 0, diskTrouble: reasonOf(cause) };
  }
}

/** Only Linux has these files. */
function readOptional(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A plan of which is decided how many peers share a thread. */
export interface FittedPlan extends Plan {
  readonly engine: Plan['engine'] & { readonly peersPerWorker: number };
}

/** Threads that host peers; the tracker's comes on top. */
export function hostCount(plan: FittedPlan): number {
  return Math.ceil(plan.peers.length / plan.engine.peersPerWorker);
}

/**
 * All that is short at once, each with what helps; empty when the plan fits.
 *
 * @param plan of the peers that live here
 */
export function shortagesOf(plan: FittedPlan, limits: MachineLimits, part = WHOLE): readonly Shortage[] {
  return [
    ...threadShortages(plan, limits, part),
    ...diskShortages(plan, limits),
    ...(part.sharesAddress ? [] : addressShortages(plan, limits)),
  ];
}

/** @throws {ConfigError} naming all that is short, how much of it, and the setting that helps */
export function requireCapacity(plan: FittedPlan, limits: MachineLimits, part = WHOLE): void {
  const shortages = shortagesOf(plan, limits, part);
  if (shortages.length > 0) throw new ConfigError(describeShortages(plan.scenario.name, shortages));
}

/** Measured on Linux with Node 20: the start of the process, of each thread, and making and hashing content. */
const SETUP_MS = 200;
const SETUP_MS_PER_THREAD = 20;
const CONTENT_BYTES_PER_MS = 300_000;

/** The content takes little memory while it is under way. */
export function needsOf(plan: FittedPlan, part = WHOLE): EngineNeeds {
  const threads = hostCount(plan) + 1;
  const contentBytes = chunkBytesOf(plan.content).reduce((sum, bytes) => sum + bytes, 0);
  const { startMs, trafficMs } = processorTimeOf(plan, threads, part);
  return {
    threads,
    memoryBytes: threads * BYTES_PER_THREAD + BYTES_RESERVED,
    descriptorsMax: threads * DESCRIPTORS_PER_THREAD + socketsMaxOf(plan, part),
    diskBytes: diskBytes(plan),
    setupMs: SETUP_MS + SETUP_MS_PER_THREAD * threads + contentBytes / CONTENT_BYTES_PER_MS,
    runMs: null,
    processorMs: startMs + trafficMs,
    traffic: { processorMs: trafficMs, cores: processors().cores },
  };
}

/** How many threads there may be, the tracker's included, and what there is no more of; files count elsewhere. */
export function threadsThatFit(
  plan: Plan,
  limits: MachineLimits,
): { readonly threads: number; readonly what: string } {
  const [tightest] = threadResources(plan, limits, WHOLE)
    .filter(({ what }) => what !== OPEN_FILES)
    .map(({ available, fixed, perThread, what }) => ({
      threads: Math.max(0, Math.floor((available - fixed) / perThread)),
      what,
    }))
    .toSorted((a, b) => a.threads - b.threads);
  return tightest!;
}

/**
 * How many connections a peer may have at most, so that all together stay below the limit of open files: those of
 * peers that have fewer are left to the others. Infinity: as many as the plan gives each.
 */
export function connectionsThatFit(plan: FittedPlan, { openFiles }: MachineLimits, part = WHOLE): number {
  const threads = (hostCount(plan) + 1) * DESCRIPTORS_PER_THREAD;
  const fixed = DESCRIPTORS_RESERVED + trackerEndsOf(part) + threads;
  let left = openFiles - fixed - DESCRIPTORS_PER_PEER * plan.peers.length;
  const planned = plan.peers.map((peer) => connectionsMaxOf(peer, plan, part)).toSorted((a, b) => a - b);
  for (const [at, connections] of planned.entries()) {
    const share = Math.floor(left / (planned.length - at));
    if (connections > share) return share;
    left -= connections;
  }
  return Infinity;
}

function socketsMaxOf(plan: Plan, part: PartOfRun): number {
  return plan.peers.reduce(
    (sum, peer) => sum + connectionsMaxOf(peer, plan, part) + DESCRIPTORS_PER_PEER,
    DESCRIPTORS_RESERVED + trackerEndsOf(part),
  );
}

/**
 * The content once, and again for each peer that has to write it. What peers hold at the start is shared, unless it
 * comes from folders that are given, which may be in another file system: then it counts again for each.
 */
function diskBytes({ content, peers }: Plan): number {
  const whole = chunkBytesOf(content).reduce((sum, bytes) => sum + bytes, 0);
  const writers = peers.filter(({ holds }) => holds.kind !== 'all').length;
  return whole * (1 + (content.kind === 'generated' ? writers : peers.length));
}

const OPEN_FILES = 'open files';

/** Something of which each thread takes its part. */
interface ThreadResource extends Pick<Shortage, 'what' | 'unit' | 'available'> {
  readonly perThread: number;
  /** What the run takes however many threads it has. */
  readonly fixed: number;
  /** Where more of it comes from, or how less of `fixed` is needed. */
  readonly remedy: string;
}

function threadResources(plan: Plan, limits: MachineLimits, part: PartOfRun): readonly ThreadResource[] {
  return [
    {
      what: 'memory maps',
      unit: 'count',
      perThread: MAPS_PER_THREAD,
      fixed: 0,
      available: limits.memoryMaps,
      remedy: 'raise sysctl vm.max_map_count',
    },
    {
      what: 'memory',
      unit: 'bytes',
      perThread: BYTES_PER_THREAD,
      fixed: BYTES_RESERVED,
      available: limits.freeBytes,
      remedy: limits.freeSetBy === null ? 'free memory' : `raise ${limits.freeSetBy}`,
    },
    {
      what: OPEN_FILES,
      unit: 'count',
      perThread: DESCRIPTORS_PER_THREAD,
      fixed: socketsMaxOf(plan, part),
      available: limits.openFiles,
      remedy: 'raise ulimit -n, or lower policy.max_connections',
    },
    ...limits.threads.map((limit): ThreadResource => ({
      what: `${limit.what} (${limit.max} at most, ${limit.used} in use)`,
      unit: 'count',
      perThread: 1,
      fixed: THREADS_RESERVED,
      available: threadsLeft(limit),
      remedy: `raise ${limit.setting}`,
    })),
  ];
}

function threadShortages(plan: FittedPlan, limits: MachineLimits, part: PartOfRun): Shortage[] {
  const threads = hostCount(plan) + 1;
  return threadResources(plan, limits, part).flatMap(({ perThread, fixed, remedy, ...resource }) => {
    const needed = threads * perThread + fixed;
    if (needed <= resource.available) return [];
    const threadsMax = Math.floor((resource.available - fixed) / perThread);
    // One thread for the tracker, one for peers: with less than that, sharing threads does not help.
    const sharing =
      threadsMax >= 2
        ? `set engine.peers_per_worker to ${Math.ceil(plan.peers.length / (threadsMax - 1))} or more`
        : 'take fewer peers (sharing threads by engine.peers_per_worker does not help enough)';
    return [{ ...resource, needed, remedy: `${sharing}, or ${remedy}` }];
  });
}

function diskShortages(plan: Plan, limits: MachineLimits): Shortage[] {
  const needed = diskBytes(plan);
  if (needed <= Math.max(limits.freeDiskBytes, limits.roomInMemoryBytes)) return [];
  const remedy =
    limits.diskTrouble === undefined
      ? 'set TMPDIR to a folder with more free space, or take less content or fewer peers'
      : `set TMPDIR to another folder; this one cannot be used (${limits.diskTrouble})`;
  return [
    {
      what: `temporary files below ${tmpdir()}`,
      unit: 'bytes',
      needed,
      available: limits.freeDiskBytes,
      remedy,
    },
  ];
}

function addressShortages(plan: Plan, { loopbackAddresses }: MachineLimits): Shortage[] {
  const why = whyAddresses(plan);
  const needed = plan.peers.length;
  if (why === undefined || needed <= loopbackAddresses) return [];
  return [
    {
      what: `loopback addresses, one for each peer because of ${why}`,
      unit: 'count',
      needed,
      available: loopbackAddresses,
      remedy: `leave out ${why}, or run it on Linux, which has 65024`,
    },
  ];
}
