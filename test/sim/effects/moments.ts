/** When peers came and went in a run, and when its plan has them come and go. */
import { expect } from 'vitest';
import { addressKey } from '../../../src/core/address.ts';
import type { SwarmEventType } from '../../../src/core/events.ts';
import type { PlannedPeer } from '../../../src/sim/plan/plan.ts';
import { eventsOf } from '../fault-run.ts';
import type { EffectRun } from './effect.ts';

/** Times are floats that were added and subtracted in two threads. */
const ROUNDING_MS = 0.01;

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
  return peersOf(peers, group).map(({ sessions }) => sessions[0].joinMs);
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

/** Enough draws to see a wrong law by. */
export const MANY = 1000;

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

/** In one of ten thousand samples that obey the law; seeds are fixed, so that those of the tests do. */
export const FAR_FROM_LAW = 2.23;

/** @param meanMs of the exponential distribution */
export function exponentialLaw(meanMs: number): (value: number) => number {
  return (value) => 1 - Math.exp(-value / meanMs);
}
