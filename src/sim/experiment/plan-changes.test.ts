import { expect, it } from 'vitest';
import { smallSwarm } from '../measure/fixture.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';
import { describeChange, planChanges } from './plan-changes.ts';

const { plan } = smallSwarm();

const told = (after: Plan): string[] => planChanges(plan, after).map(describeChange);

const withPeers = (change: (peer: PlannedPeer) => PlannedPeer): Plan => ({
  ...plan,
  peers: plan.peers.map(change),
});

const withPicker = (peer: PlannedPeer): PlannedPeer => ({
  ...peer,
  policy: { ...peer.policy, picker: 'random' },
});

it('says nothing of equal plans, nor of what a run is called', () => {
  const variant = { arm: 'now', parameters: {}, repeat: 2 };
  expect(told({ ...plan, scenario: { name: 'other', description: '' }, variant })).toEqual([]);
});

it('names a key with both values, once for a group, and once where all groups changed alike', () => {
  const [seeder, leecher] = [plan.peers[0]!, plan.peers[1]!];
  expect(told(withPeers((peer) => (peer.group === leecher.group ? withPicker(peer) : peer)))).toEqual([
    `${leecher.group}.policy.picker: ${leecher.policy.picker} → random`,
  ]);
  expect(told(withPeers(withPicker))).toEqual([`peers.policy.picker: ${seeder.policy.picker} → random`]);
});

it('writes rates and times with their units, and what is not there as none', () => {
  const faster = (peer: PlannedPeer): PlannedPeer =>
    peer.group === 'seeder'
      ? { ...peer, link: { ...peer.link, upBytesPerSec: 250_000, latencyMs: 1500 } }
      : peer;
  expect(told({ ...withPeers(faster), timeLimitMs: 90_000 })).toEqual([
    'time_limit: 30 s → 1 min 30 s',
    expect.stringMatching(/^seeder\.link\.up: .* → 2 Mbit\/s$/),
    'seeder.link.latency: 10 ms → 1.5 s',
  ]);
});

it('counts the peers of a group, and names some of many values', () => {
  const more = Array.from({ length: 5 }, (_, at) => ({
    ...plan.peers[1]!,
    name: `leecher/${at + 1}`,
    link: { ...plan.peers[1]!.link, latencyMs: 10 * at },
  }));
  expect(told({ ...plan, peers: [plan.peers[0]!, ...more] })).toEqual([
    'leecher.count: 2 → 5',
    'leecher.link.latency: 10 ms → 0 ms, 10 ms, 20 ms, … (5 values)',
  ]);
});
