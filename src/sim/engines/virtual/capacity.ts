/** What a run in virtual time would need of this machine, and whether it is there. */
import { getHeapStatistics } from 'node:v8';
import { heldAtStart } from '../../content/planned-content.ts';
import { MIB, SECOND_MS } from '../../../core/units.ts';
import { memory } from '../../machine/memory.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Shortage } from '../../plan/shortage.ts';
import type { EngineNeeds } from '../engine.ts';

/** Measured on Linux with Node 20, see docs/benchmarks.md. */
const BYTES_RESERVED = 90 * MIB;
const BYTES_PER_CONNECTION = 26_000;
const BYTES_PER_DELIVERY = 1_000;
const SETUP_MS_PER_PEER = 0.2;
/** Until the code is compiled. */
const RUN_BASE_MS = 500;
const MS_PER_CONNECTION = 0.3;
const MS_PER_DELIVERY = 0.3;
/** Each neighbour is told of each chunk. */
const MS_PER_DELIVERY_AND_NEIGHBOUR = 0.01;

export function needsOf(plan: Plan): EngineNeeds {
  const { peers, content } = plan;
  const heldBy = heldAtStart(content);
  const deliveries = peers.reduce((sum, { holds }) => sum + content.totalChunks - heldBy(holds).length, 0);
  const ends = peers.reduce((sum, { policy }) => sum + Math.min(policy.maxConnections, peers.length - 1), 0);
  return {
    threads: 1,
    memoryBytes: BYTES_RESERVED + ends * BYTES_PER_CONNECTION + deliveries * BYTES_PER_DELIVERY,
    descriptorsMax: 0,
    diskBytes: 0,
    setupMs: SETUP_MS_PER_PEER * peers.length,
    runMs:
      RUN_BASE_MS +
      ends * MS_PER_CONNECTION +
      deliveries * (MS_PER_DELIVERY + MS_PER_DELIVERY_AND_NEIGHBOUR * (ends / peers.length)),
  };
}

/** What is there for it; Node ends a process whose heap is full, however much memory the machine has. */
export interface Room {
  readonly freeBytes: number;
  /** The setting of a cgroup that sets `freeBytes`; null: it is the machine itself. */
  readonly freeSetBy: string | null;
  readonly heapBytes: number;
}

/** Default: that of this process on this machine. */
export function shortagesOf(plan: Plan, room: Room = roomHere()): readonly Shortage[] {
  const needed = needsOf(plan).memoryBytes;
  const { freeBytes, freeSetBy, heapBytes } = room;
  const available = Math.min(freeBytes, heapBytes);
  if (needed <= available) return [];
  const heapMiB = Math.ceil(needed / MIB / 100) * 100;
  const more: string[] = [];
  if (needed > heapBytes) more.push(`set NODE_OPTIONS=--max-old-space-size=${heapMiB}`);
  if (needed > freeBytes) more.push(freeSetBy === null ? 'free memory' : `raise ${freeSetBy}`);
  const remedy = `take fewer or larger chunks, fewer peers or a lower policy.max_connections, or ${more.join(' and ')}`;
  return [{ what: 'memory', unit: 'bytes', needed, available, remedy }];
}

let lastRead: { readonly room: Room; readonly atMs: number } | undefined;

/** Not asked again within a second: of an experiment of small runs, to ask for each would be a good part. */
function roomHere(): Room {
  const nowMs = performance.now();
  if (lastRead === undefined || nowMs - lastRead.atMs >= SECOND_MS) {
    const { freeBytes, freeSetBy } = memory();
    const room = { freeBytes, freeSetBy, heapBytes: getHeapStatistics().heap_size_limit };
    lastRead = { room, atMs: nowMs };
  }
  return lastRead.room;
}
