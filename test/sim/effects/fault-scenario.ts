/** Scenarios with faults, and what to look at in their records. */
import { expect } from 'vitest';
import { addressKey } from '../../../src/core/address.ts';
import type { FaultRecord } from '../../../src/sim/engines/engine.ts';
import type { RecordedRun } from '../../../src/sim/measure/fixture.ts';
import { eventsOf } from '../fault-run.ts';
import { runYaml, type EffectRun } from './effect.ts';

export interface SwarmText {
  readonly leechers?: number;
  /** One is called `seeder`, several `seeders/1`… */
  readonly seeders?: number;
  /** In chunks of 16 KiB. */
  readonly size?: string;
  /** Of every peer. */
  readonly link?: string;
  /** More of the file. */
  readonly more?: string;
}

/**
 * By its uplink a lone seeder is busy for most of a second: long enough for a fault to come in the middle. Seeders show all that
 * they hold, so that no leecher waits for what a fault does to another.
 */
export function swarmWith(faults: readonly string[], text: SwarmText = {}): string {
  const { leechers = 2, seeders = 1, size = '512KiB', link = '{ up: 768KiB/s }', more = '' } = text;
  return `
content: { generate: { size: ${size}, chunk_size: 16KiB } }
defaults: { link: ${link} }
peers:
  ${seeders === 1 ? 'seeder: {' : `seeders: { count: ${seeders},`} holds: all, policy: { super_seeding: off } }
  leechers: { count: ${leechers} }
${faults.length === 0 ? '' : 'faults:'}
${faults.map((fault) => `  - ${fault}`).join('\n')}
${more}
`;
}

/** Runs the swarm; whatever the faults do to it, all that must complete have completed in the end. */
export async function runToCompletion(faults: readonly string[], text: SwarmText = {}): Promise<EffectRun> {
  const run = await runYaml(swarmWith(faults, text));
  expect(run.record.ending).toBe('completed');
  return run;
}

/** The only occurrence of the only fault. */
export function onlyFault({ faults }: RecordedRun): FaultRecord {
  if (faults.length !== 1) throw new Error(`${faults.length} occurrences of faults, not one`);
  return faults[0]!;
}

/** When the peer got chunks. */
export function receiptsMs(record: RecordedRun, peer: string): number[] {
  return eventsOf(record, 'chunk-received', peer).map(({ atMs }) => atMs);
}

/** Between two chunks that the peer received. */
export function longestSilenceMs(record: RecordedRun, peer: string): number {
  const times = receiptsMs(record, peer);
  return Math.max(...times.slice(1).map((atMs, at) => atMs - times[at]!));
}

export function completedMs(record: RecordedRun, peer: string): number {
  return eventsOf(record, 'peer-completed', peer)[0]?.atMs ?? Infinity;
}

/** In the order in which they completed. */
export function completedPeers(record: RecordedRun): string[] {
  return eventsOf(record, 'peer-completed').map(({ peer }) => peer);
}

/** Of the chunk that came soonest after the peer asked for it. */
export function quickestMs(record: RecordedRun, peer: string): number {
  return Math.min(...eventsOf(record, 'chunk-received', peer).map(({ tookMs }) => tookMs));
}

/** How often others asked the peer for a chunk before it had it. */
export function requestsTooEarly(record: RecordedRun, peer: string): number {
  const hadMs = new Map(eventsOf(record, 'chunk-received', peer).map(({ index, atMs }) => [index, atMs]));
  const address = addressOf(record, peer);
  return eventsOf(record, 'chunk-requested').filter(
    ({ from, index, atMs }) => addressKey(from) === address && atMs < (hadMs.get(index) ?? Infinity),
  ).length;
}

/** By which others call the peer. */
export function addressOf(record: RecordedRun, peer: string): string {
  return addressKey(eventsOf(record, 'peer-joined', peer)[0]!.address);
}
