/** Runs plans made in TypeScript on the threads engine with the real worker. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import type { SwarmEvent } from '../../src/core/events.ts';
import type { Engine, FaultRecord, RunRecord, RunWatcher } from '../../src/sim/engines/engine.ts';
import { hostInProcess } from '../support/hosts-in-process.ts';
import { createEngines, type Engines } from '../../src/sim/engines/registry.ts';
import { planOf, plannedPeer, type RecordedRun } from '../../src/sim/measure/fixture.ts';
import {
  engineNameOf,
  unlimitedLink,
  type FaultEffect,
  type Plan,
  type PlannedFault,
} from '../../src/sim/plan/plan.ts';

export const KIB = 1024;

export function faultOf(effect: FaultEffect, changes: Partial<PlannedFault> = {}): PlannedFault {
  return {
    name: effect.kind,
    when: { kind: 'time', atMs: 0 },
    forMs: null,
    again: null,
    effect,
    ...changes,
  };
}

/** As soon as so much of what leechers want is there: the swarm is then in full swing, however busy the machine. */
export function whenProgress(share: number, peers?: readonly string[]): PlannedFault['when'] {
  const figure = { kind: 'progress' as const, ...(peers && { peers }) };
  const condition = { text: `progress >= ${share}`, figure, comparison: '>=' as const, value: share };
  return { kind: 'condition', condition, delayMs: 0 };
}

export interface SwarmShape {
  readonly leechers?: number;
  readonly seeders?: number;
  readonly chunks?: number;
  readonly chunkBytes?: number;
  /** Uplink of every peer; null: not limited. */
  readonly upBytesPerSec?: number | null;
}

/** Seeders `seeder`, `seeder/2`…, leechers `leecher/1`… */
export function swarmPlan(shape: SwarmShape, changes: Partial<Plan> = {}): Plan {
  const { leechers = 2, seeders = 1, chunks = 64, chunkBytes = 16 * KIB, upBytesPerSec = null } = shape;
  const link = { ...unlimitedLink, upBytesPerSec };
  const seeding = Array.from({ length: seeders }, (_, at) =>
    plannedPeer(at === 0 ? 'seeder' : `seeder/${at + 1}`, { holds: { kind: 'all' }, link }),
  );
  const leeching = Array.from({ length: leechers }, (_, at) => plannedPeer(`leecher/${at + 1}`, { link }));
  return planOf([...seeding, ...leeching], {
    content: {
      kind: 'generated',
      totalChunks: chunks,
      totalBytes: chunks * chunkBytes,
      chunkBytes,
      seed: 'content',
    },
    timeLimitMs: 50_000,
    ...changes,
  });
}

/** The worker of the bundle that the tests share. */
export function peerWorkerFile(): URL {
  return pathToFileURL(join(inject('bundleFolder'), 'peer-worker.js'));
}

/** The engines, with a cluster of four hosts in this process. */
export function testEngines(): Engines {
  const workerFile = peerWorkerFile();
  const hosts = () =>
    [2, 3, 4, 5].map((last) =>
      hostInProcess({ name: `host-${last}`, address: `127.0.0.${last}`, workerFile }),
    );
  return createEngines({ workerFile, cluster: { hosts } });
}

/** On the engine that the plan names. */
export function runPlan(plan: Plan, watcher: Partial<RunWatcher> = {}): Promise<RecordedRun> {
  return runRecorded(testEngines()[engineNameOf(plan)], plan, watcher);
}

/** Runs the plan and keeps its events, as they were told. */
export async function runRecorded(
  engine: Engine,
  plan: Plan,
  watcher: Partial<RunWatcher> = {},
): Promise<RecordedRun> {
  const events: SwarmEvent[] = [];
  const signal = new AbortController().signal;
  const record = await engine.run(plan, { signal, ...watcher, onEvent: (event) => events.push(event) });
  return { ...record, events };
}

export function faultRecord(record: RunRecord, name: string): FaultRecord {
  const found = record.faults.find((fault) => fault.name === name);
  if (found === undefined) throw new Error(`no record of fault ${name}`);
  return found;
}

export function eventsOf<Type extends SwarmEvent['type']>(
  record: RecordedRun,
  type: Type,
  peer?: string,
): Extract<SwarmEvent, { readonly type: Type }>[] {
  return record.events.filter(
    (event): event is Extract<SwarmEvent, { readonly type: Type }> =>
      event.type === type && (peer === undefined || event.peer === peer),
  );
}
