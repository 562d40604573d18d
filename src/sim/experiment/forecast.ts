/** What a run would need and how fast it could be, told without starting anything. */
import { ChunkSet } from '../../core/chunk-set.ts';
import { readList } from '../../core/node/store/chunk-files.ts';
import { fluidBound, type BoundPeer, type FluidBound } from '../analyse/bounds.ts';
import { highestRate } from '../analyse/link-rates.ts';
import { generatedChunkBytes } from '../content/generated.ts';
import { needsOf, type RunNeeds } from '../engines/threads/capacity.ts';
import { mayBeExcused } from '../plan/may-be-excused.ts';
import { findChunkFolder } from '../shipped/shipped-files.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';

export interface Forecast extends RunNeeds {
  readonly bound: FluidBound;
  /** Estimated time before the distribution begins. */
  readonly setupMs: number;
}

/** Measured on Linux with Node 20: the start of the process, of each thread, and making and hashing content. */
const SETUP_MS = 200;
const SETUP_MS_PER_THREAD = 20;
const CONTENT_BYTES_PER_MS = 300_000;

/** @throws {StoreError} a chunk folder of the plan cannot be read */
export function forecast(plan: Plan): Forecast {
  const needs = needsOf(plan);
  const chunkBytes = chunkBytesOf(plan);
  const contentBytes = chunkBytes.reduce((sum, bytes) => sum + bytes, 0);
  return {
    ...needs,
    bound: fluidBound({ chunkBytes, peers: boundPeers(plan) }),
    setupMs: SETUP_MS + SETUP_MS_PER_THREAD * needs.threads + contentBytes / CONTENT_BYTES_PER_MS,
  };
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
