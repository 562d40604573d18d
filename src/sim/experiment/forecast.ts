/** What a run would need and how fast it could be, told without starting anything. */
import { ChunkSet } from '../../core/chunk-set.ts';
import { readList } from '../../core/node/store/chunk-files.ts';
import {
  clientServerBound,
  fluidBound,
  type BoundPeer,
  type FluidBound,
  type Swarm,
} from '../analyse/bounds.ts';
import { highestRate } from '../analyse/link-rates.ts';
import { generatedChunkBytes } from '../content/generated.ts';
import { needsOf, shortagesOf, type MachineLimits, type RunNeeds } from '../engines/threads/capacity.ts';
import { latestEnd } from '../plan/latest-end.ts';
import { mayBeExcused } from '../plan/may-be-excused.ts';
import { TIME_LIMIT_MS_MAX } from '../plan/plan-schema.ts';
import type { Shortage } from '../plan/shortage.ts';
import { formatDuration } from '../units/format.ts';
import { findChunkFolder } from '../shipped/shipped-files.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';

export interface Forecast extends RunNeeds {
  readonly bound: FluidBound;
  /** With every byte from the initial seeders alone; null: no seeder, or no limited link stands in the way. */
  readonly clientServerMs: number | null;
  /** Estimated time before the distribution begins. */
  readonly setupMs: number;
  /** All that stands in the way of the run; empty when it can be run here. */
  readonly shortages: readonly Shortage[];
}

/** Measured on Linux with Node 20: the start of the process, of each thread, and making and hashing content. */
const SETUP_MS = 200;
const SETUP_MS_PER_THREAD = 20;
const CONTENT_BYTES_PER_MS = 300_000;

/** @throws {StoreError} a chunk folder of the plan cannot be read */
export function forecast(plan: Plan, limits: MachineLimits): Forecast {
  const needs = needsOf(plan);
  const swarm = swarmOf(plan);
  const bound = fluidBound(swarm);
  const contentBytes = swarm.chunkBytes.reduce((sum, bytes) => sum + bytes, 0);
  const clientServerMs = clientServerBound(swarm);
  return {
    ...needs,
    bound,
    clientServerMs: clientServerMs === 0 ? null : clientServerMs,
    setupMs: SETUP_MS + SETUP_MS_PER_THREAD * needs.threads + contentBytes / CONTENT_BYTES_PER_MS,
    shortages: [...timeShortages(plan, bound), ...shortagesOf(plan, limits)],
  };
}

/** @throws {StoreError} a chunk folder of the plan cannot be read */
export function boundOf(plan: Plan): FluidBound {
  return fluidBound(swarmOf(plan));
}

function swarmOf(plan: Plan): Swarm {
  return { chunkBytes: chunkBytesOf(plan), peers: boundPeers(plan) };
}

/**
 * A time limit below the lower bound: the run could only fail. One that `abort_on` gives up by then is meant to be
 * looked at for a while only.
 */
function timeShortages(plan: Plan, { ms }: FluidBound): Shortage[] {
  const end = latestEnd(plan);
  if (end.by !== null || ms <= end.ms || !Number.isFinite(ms)) return [];
  const remedy =
    ms > TIME_LIMIT_MS_MAX
      ? 'take less content or faster links, since no run is longer than a day'
      : `raise time_limit above the lower bound of ${formatDuration(ms)}, or leave it out`;
  return [
    {
      what: 'time before time_limit',
      unit: 'ms',
      needed: ms,
      available: end.ms,
      remedy: `${remedy}; to see what is done by then, write abort_on: ["elapsed > ${end.ms / 1000}s"]`,
    },
  ];
}

function chunkBytesOf({ content }: Plan): readonly number[] {
  if (content.kind === 'folders') return content.chunkBytes;
  return generatedChunkBytes(content.totalBytes, content.chunkBytes, content.totalChunks);
}

function boundPeers(plan: Plan): BoundPeer[] {
  const { content, faults } = plan;
  const folders =
    content.kind === 'folders'
      ? content.folders.map((folder) => readList(findChunkFolder(folder)).entries)
      : [];
  const indicesOf = (holds: PlannedPeer['holds']): readonly number[] => {
    if (holds.kind === 'chunks') return holds.indices;
    if (holds.kind === 'folder') return folders[holds.folder]!.map(({ index }) => index);
    return holds.kind === 'all' ? Array.from({ length: content.totalChunks }, (_, at) => at + 1) : [];
  };
  return plan.peers.map((peer) => {
    const { name, link, sessions, holds, mustComplete } = peer;
    const held = new ChunkSet(content.totalChunks);
    for (const index of indicesOf(holds)) held.add(index);
    return {
      upBytesPerSec: highestRate(link, 'upBytesPerSec', name, faults),
      downBytesPerSec: highestRate(link, 'downBytesPerSec', name, faults),
      joinMs: sessions[0].joinMs,
      held,
      // Nobody may wait for one that can go before it has completed: a lower bound does not count on it.
      mustComplete: mustComplete !== false && !mayBeExcused(peer, faults),
    };
  });
}
