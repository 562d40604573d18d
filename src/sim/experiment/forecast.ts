/** What a run would need and how fast it could be, told without starting anything. */
import { ChunkSet } from '../../core/chunk-set.ts';
import { ConfigError } from '../../core/errors.ts';
import {
  clientServerBound,
  fluidBound,
  type BoundPeer,
  type FluidBound,
  type Swarm,
} from '../analyse/bounds.ts';
import { highestRate } from '../analyse/link-rates.ts';
import { chunkBytesOf, heldAtStart } from '../content/planned-content.ts';
import type { Engine, EngineNeeds } from '../engines/engine.ts';
import { latestEnd } from '../plan/latest-end.ts';
import { mayBeExcused } from '../plan/may-be-excused.ts';
import { TIME_LIMIT_MS_MAX } from '../plan/plan-schema.ts';
import type { Shortage } from '../plan/shortage.ts';
import { exactDuration } from '../units/exact-format.ts';
import { formatBytes, formatDuration } from '../units/format.ts';
import type { EngineName, Plan } from '../plan/plan.ts';
import { overloadOf, type Overload } from './overload.ts';
import { peersThatFit } from './peers-that-fit.ts';

export interface Forecast extends EngineNeeds {
  readonly bound: FluidBound;
  /** With every byte from the initial seeders alone; null: no seeder, or no limited link stands in the way. */
  readonly clientServerMs: number | null;
  /** All that stands in the way of the run; empty when it can be run here. */
  readonly shortages: readonly Shortage[];
  /** Another engine on which it could be run here, when this machine has too little for its own; null: there is none, or no need. */
  readonly carriedBy: Carrier | null;
  /** Peers with which it would fit on its own engine; null: it fits, 0: fewer peers do not help. */
  readonly peersMax: number | null;
  /** More processor time than there is: the run can be begun, but not trusted. null: nothing speaks for that. */
  readonly overload: Overload | null;
  /** Present where other machines decide whether it can be run: what stands in the way on this one, which is no obstacle. */
  readonly elsewhere?: { readonly shortHere: readonly Shortage[] };
}

export interface Carrier {
  readonly engine: EngineName;
  readonly memoryBytes: number;
  /** Estimated real time, with its set-up. */
  readonly ms: number;
}

/**
 * @throws {StoreError} a chunk folder of the plan cannot be read
 * @throws {ConfigError} a setting that the engine cannot honour on any machine
 */
export function forecast(
  plan: Plan,
  engine: Pick<Engine, 'check' | 'needs'>,
  others: readonly Engine[] = [],
): Forecast {
  const shortages = engine.check(plan);
  const swarm = swarmOf(plan);
  const bound = fluidBound(swarm);
  const clientServerMs = clientServerBound(swarm);
  const needs = engine.needs(plan);
  const overload = overloadOf(plan, {
    needs: (one) => (one === plan ? needs : engine.needs(one)),
    boundMsOf: (one) => (one === plan ? bound : boundOf(one)).ms,
  });
  return {
    ...needs,
    bound,
    clientServerMs: clientServerMs === 0 ? null : clientServerMs,
    shortages: [...timeShortages(plan, bound), ...shortages],
    carriedBy: shortages.length === 0 && overload === null ? null : carrierOf(plan, others),
    peersMax: shortages.length === 0 ? null : peersThatFit(plan, (fewer) => engine.check(fewer)),
    overload,
  };
}

function carrierOf(plan: Plan, others: readonly Engine[]): Carrier | null {
  const other = others.find((one) => carries(one, plan));
  if (other === undefined) return null;
  const { setupMs, runMs, memoryBytes } = other.needs(plan);
  return { engine: other.name, memoryBytes, ms: setupMs + (runMs ?? plan.timeLimitMs) };
}

function carries(engine: Engine, plan: Plan): boolean {
  try {
    return engine.check(plan).length === 0;
  } catch (error) {
    // It cannot honour some setting on any machine.
    if (error instanceof ConfigError) return false;
    throw error;
  }
}

/** `--engine virtual carries it: about 41 s and 900 MiB of memory on this machine`. */
export function describeCarrier({ engine, ms, memoryBytes }: Carrier): string {
  return `--engine ${engine} can run it: about ${formatDuration(ms)} and ${formatBytes(memoryBytes)} of memory on this machine`;
}

/** @throws {StoreError} a chunk folder of the plan cannot be read */
export function boundOf(plan: Plan): FluidBound {
  return fluidBound(swarmOf(plan));
}

function swarmOf(plan: Plan): Swarm {
  return { chunkBytes: chunkBytesOf(plan.content), peers: boundPeers(plan), regions: plan.regions };
}

/** For runs that agents do: what is short on this machine does not matter, what no machine can do still does. */
export function onAgents(one: Forecast): Forecast {
  const isAnywhere = ({ unit }: Shortage): boolean => unit === 'ms';
  const shortHere = one.shortages.filter((shortage) => !isAnywhere(shortage));
  const shortages = one.shortages.filter(isAnywhere);
  return { ...one, shortages, carriedBy: null, peersMax: null, overload: null, elsewhere: { shortHere } };
}

/**
 * A time limit below the lower bound: the run could only fail. One that `abort_on` gives up by then is meant to be
 * looked at for a while only.
 */
function timeShortages(plan: Plan, { ms }: FluidBound): Shortage[] {
  const end = latestEnd(plan);
  if (end.by !== null || ms <= end.ms || !Number.isFinite(ms)) return [];
  const isEndless = ms > TIME_LIMIT_MS_MAX;
  const remedy = isEndless
    ? 'take less content or faster links, since no run is longer than a day'
    : 'raise time_limit above the lower bound, or leave it out';
  const message = `the limit of ${exactDuration(end.ms)} is below the lower bound of ${formatDuration(ms)}`;
  return [
    {
      what: 'time before time_limit',
      unit: 'ms',
      needed: ms,
      available: end.ms,
      remedy: `${remedy}; to see what is done by then, write abort_on: ["elapsed > ${end.ms / 1000}s"]`,
      ...(isEndless ? {} : { setting: { key: 'time_limit', message } }),
    },
  ];
}

function boundPeers(plan: Plan): BoundPeer[] {
  const { content, faults } = plan;
  const heldBy = heldAtStart(content);
  return plan.peers.map((peer) => {
    const { name, link, sessions, holds, mustComplete } = peer;
    const held = new ChunkSet(content.totalChunks);
    for (const index of heldBy(holds)) held.add(index);
    return {
      upBytesPerSec: highestRate(link, 'upBytesPerSec', name, faults),
      downBytesPerSec: highestRate(link, 'downBytesPerSec', name, faults),
      joinMs: sessions[0].joinMs,
      region: link.region,
      held,
      // Nobody may wait for one that can go before it has completed: a lower bound does not count on it.
      mustComplete: mustComplete !== false && !mayBeExcused(peer, faults),
    };
  });
}
