/** What a run would need of this machine, and whether it is there. */
import { readFileSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { ConfigError } from '../../../core/errors.ts';
import { reasonOf } from '../../../core/node/store/store-errors.ts';
import { MIB, formatBytes } from '../../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { roomInMemory } from './scratch.ts';

/** Measured on Linux with Node 20. */
const BYTES_PER_THREAD = 8 * MIB;
const DESCRIPTORS_PER_THREAD = 6;
const MAPS_PER_THREAD = 40;
/** The process itself, its files and its pipes. */
const DESCRIPTORS_RESERVED = 64;
/** A peer's listener, its connection to the tracker (both ends are ours) and the chunk files it has open. */
const DESCRIPTORS_PER_PEER = 3 + 8;

/** Infinity where the system sets or tells no limit. */
export interface MachineLimits {
  readonly openFiles: number;
  readonly memoryMaps: number;
  readonly freeBytes: number;
  /** Where temporary files go that are too many for memory. */
  readonly freeDiskBytes: number;
  /** Why there is no such place at all; then `freeDiskBytes` is 0. */
  readonly diskTrouble?: string;
  /** Temporary files that may go to memory, see `roomInMemory`. */
  readonly roomInMemoryBytes: number;
}

export function machineLimits(): MachineLimits {
  const openFiles = /^Max open files\s+(\d+)/m.exec(readOptional('/proc/self/limits'))?.[1];
  const memoryMaps = readOptional('/proc/sys/vm/max_map_count');
  return {
    openFiles: openFiles === undefined ? Infinity : Number(openFiles),
    memoryMaps: memoryMaps === '' ? Infinity : Number(memoryMaps),
    freeBytes: freemem(),
    ...freeOnDisk(tmpdir()),
    roomInMemoryBytes: roomInMemory(),
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

/** Threads that host peers; the tracker's comes on top. */
export function hostCount(plan: Plan): number {
  return Math.ceil(plan.peers.length / plan.engine.peersPerWorker);
}

/** @throws {ConfigError} naming what is short, how much of it, and the setting that helps */
export function requireCapacity(plan: Plan, limits: MachineLimits): void {
  requireThreads(plan, limits);
  const needed = diskBytes(plan);
  if (needed > Math.max(limits.freeDiskBytes, limits.roomInMemoryBytes)) {
    const chunks = `the chunks of all peers take ${formatBytes(needed)} below ${tmpdir()}`;
    throw new ConfigError(
      limits.diskTrouble === undefined
        ? `${chunks}, where ${formatBytes(limits.freeDiskBytes)} are free: set TMPDIR to a folder with more room, ` +
            `or take less content or fewer peers`
        : `${chunks}, which cannot be used: ${limits.diskTrouble}; set TMPDIR to a folder with room for them`,
    );
  }
}

export interface RunNeeds {
  readonly threads: number;
  /** Of the threads; what the content takes while it is under way is small beside it. */
  readonly memoryBytes: number;
  /** When every peer has as many connections as it may. */
  readonly descriptorsMax: number;
  readonly diskBytes: number;
}

/** What a run takes of a machine. */
export function needsOf(plan: Plan): RunNeeds {
  const threads = hostCount(plan) + 1;
  return {
    threads,
    memoryBytes: threads * BYTES_PER_THREAD,
    descriptorsMax: threads * DESCRIPTORS_PER_THREAD + socketsMaxOf(plan),
    diskBytes: diskBytes(plan),
  };
}

function socketsMaxOf({ peers }: Plan): number {
  return peers.reduce(
    (sum, { policy }) => sum + Math.min(policy.maxConnections, peers.length - 1) + DESCRIPTORS_PER_PEER,
    DESCRIPTORS_RESERVED,
  );
}

/**
 * The content once, and again for each peer that has to write it. What peers hold at the start is shared, unless it
 * comes from folders that are given, which may be in another file system: then it counts again for each.
 */
function diskBytes({ content, peers }: Plan): number {
  const whole =
    content.kind === 'generated'
      ? content.totalBytes
      : content.chunkBytes.reduce((sum, bytes) => sum + bytes, 0);
  const writers = peers.filter(({ holds }) => holds.kind !== 'all').length;
  return whole * (1 + (content.kind === 'generated' ? writers : peers.length));
}

function requireThreads(plan: Plan, limits: MachineLimits): void {
  const peers = plan.peers.length;
  const threads = hostCount(plan) + 1;
  const socketsMax = socketsMaxOf(plan);
  const threadsMax = Math.floor(
    Math.min(
      limits.memoryMaps / MAPS_PER_THREAD,
      limits.freeBytes / BYTES_PER_THREAD,
      Math.max(0, limits.openFiles - socketsMax) / DESCRIPTORS_PER_THREAD,
    ),
  );
  if (threads <= threadsMax) return;
  const needs = [
    need('memory maps', threads * MAPS_PER_THREAD, limits.memoryMaps, String, 'sysctl vm.max_map_count'),
    need('of memory', threads * BYTES_PER_THREAD, limits.freeBytes, formatBytes, 'free memory'),
    need(
      'open files',
      threads * DESCRIPTORS_PER_THREAD + socketsMax,
      limits.openFiles,
      String,
      'ulimit -n, or fewer policy.max_connections',
    ),
  ].filter((line) => line !== undefined);
  // One thread for the tracker, one for peers: with less than that, a number would say nothing.
  const someFit = threadsMax >= 2;
  const short = someFit
    ? `need ${threads} threads, and this machine holds ${threadsMax}`
    : `are too many for this machine`;
  const remedy = someFit
    ? `set engine.peers_per_worker to ${Math.ceil(peers / (threadsMax - 1))} or more, or raise what is short`
    : 'no engine.peers_per_worker is enough: take fewer peers, or raise what is short';
  throw new ConfigError(
    `${peers} peers with engine.peers_per_worker ${plan.engine.peersPerWorker} ${short}: ${needs.join('; ')}. ` +
      `Remedy: ${remedy}`,
  );
}

function need(
  what: string,
  needed: number,
  available: number,
  format: (value: number) => string,
  limit: string,
): string | undefined {
  if (needed <= available) return undefined;
  return `they need ${format(needed)} ${what}, there are ${format(available)} (${limit})`;
}
