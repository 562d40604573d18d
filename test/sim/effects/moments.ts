/** When peers came and went in a run, and when its plan has them come and go. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { addressKey } from '../../../src/core/address.ts';
import type { SwarmEventType } from '../../../src/core/events.ts';
import { designExperiment, type Design } from '../../../src/sim/experiment/design.ts';
import type { PlannedPeer } from '../../../src/sim/plan/plan.ts';
import { eventsOf } from '../fault-run.ts';
import type { EffectRun } from './effect.ts';

/** Times are floats that were added and subtracted in two threads. */
const ROUNDING_MS = 0.01;

/** Draws the plans of a scenario, and runs none of them. */
export function designYaml(yaml: string, files: Readonly<Record<string, string>> = {}): Design {
  const folder = mkdtempSync(join(tmpdir(), 'effect-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const file = join(folder, 'effect.yaml');
    writeFileSync(file, yaml);
    return designExperiment({ file, sets: [] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Times of the events of one type that a peer has told, in their order, in ms. */
export function times({ record }: EffectRun, type: SwarmEventType, peer: string): readonly number[] {
  return eventsOf(record, type, peer).map(({ atMs }) => atMs);
}

/** Why the tracker forgot the peers that it forgot, in their order. */
export function forgotten({ record }: EffectRun, peer: string): readonly string[] {
  const addresses = eventsOf(record, 'peer-joined', peer).map(({ address }) => addressKey(address));
  return eventsOf(record, 'peer-forgotten')
    .filter(({ address }) => addresses.includes(addressKey(address)))
    .map(({ reason }) => reason);
}

export function peersOf(peers: readonly PlannedPeer[], group: string): readonly PlannedPeer[] {
  return peers.filter((peer) => peer.group === group);
}

/** First joinings as they were drawn, in ms. */
export function plannedJoins(peers: readonly PlannedPeer[], group: string): readonly number[] {
  return peersOf(peers, group).map(({ sessions }) => sessions[0]!.joinMs);
}

/** How soon something happens is the machine's affair; that it does not happen earlier is the laboratory's. */
export function expectNotBefore(measuredMs: readonly number[], plannedMs: readonly number[]): void {
  expect(measuredMs).toHaveLength(plannedMs.length);
  for (const [at, planned] of plannedMs.entries())
    expect(measuredMs[at]!).toBeGreaterThan(planned - ROUNDING_MS);
}

/** Of two that were drawn so far apart, no machine that can run a swarm exchanges the order. */
const APART_MS = 250;

/** What was planned clearly later has happened later. */
export function expectInOrder(measuredMs: readonly number[], plannedMs: readonly number[]): void {
  const pairs = plannedMs.flatMap((first, a) =>
    plannedMs.flatMap((second, b) => (second - first >= APART_MS ? [[a, b] as const] : [])),
  );
  expect(pairs.length).toBeGreaterThan(0);
  for (const [a, b] of pairs) expect(measuredMs[a]!).toBeLessThan(measuredMs[b]!);
}

/**
 * The largest distance between the draws and the law by which they should have been drawn (Kolmogorov and Smirnov),
 * times √n. Above 1.95 in one of a thousand samples that obey the law.
 */
export function distanceFromLaw(draws: readonly number[], law: (value: number) => number): number {
  const sorted = draws.toSorted((a, b) => a - b);
  const distances = sorted.map((value, at) =>
    Math.max(law(value) - at / sorted.length, (at + 1) / sorted.length - law(value)),
  );
  return Math.max(...distances) * Math.sqrt(sorted.length);
}

/** @param meanMs of the exponential distribution */
export function exponentialLaw(meanMs: number): (value: number) => number {
  return (value) => 1 - Math.exp(-value / meanMs);
}
