/** What a run in virtual time would need of this machine, and whether it is there. */
import { heldAtStart } from '../../content/planned-content.ts';
import { MIB } from '../../../core/units.ts';
import { memory } from '../../machine/memory.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Shortage } from '../../plan/shortage.ts';
import type { EngineNeeds } from '../engine.ts';

/** Measured on Linux with Node 20, see docs/benchmarks.md. */
const BYTES_RESERVED = 90 * MIB;
const BYTES_PER_CONNECTION = 26_000;
const BYTES_PER_DELIVERY = 1_000;
const SETUP_MS_PER_PEER = 0.2;
const MS_PER_CONNECTION = 2;
const MS_PER_DELIVERY = 0.35;

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
    runMs: ends * MS_PER_CONNECTION + deliveries * MS_PER_DELIVERY,
  };
}

export function shortagesOf(plan: Plan): readonly Shortage[] {
  const { freeBytes, freeSetBy } = memory();
  const needed = needsOf(plan).memoryBytes;
  if (needed <= freeBytes) return [];
  const more = freeSetBy === null ? 'free memory' : `raise ${freeSetBy}`;
  return [
    {
      what: 'memory',
      unit: 'bytes',
      needed,
      available: freeBytes,
      remedy: `take fewer or larger chunks, fewer peers or a lower policy.max_connections, or ${more}`,
    },
  ];
}
