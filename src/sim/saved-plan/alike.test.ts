import { expect, test } from 'vitest';
import { ConfigError } from '../../core/errors.ts';
import { planOf, small } from '../scenario/fixture.ts';
import { parsePlan } from './parse-plan.ts';

const plan = planOf(`${small}peers: { seeder: { holds: all }, leecher: { count: 5 }, late: {} }\n`);

function messageOf(changed: unknown): string {
  try {
    parsePlan(JSON.stringify(changed, null, 2), 'plan.json');
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'no mistake';
}

test('a mistake that is the same at every peer of a plan is told once, with how often it is there', () => {
  const peers = plan.peers.map((peer) => ({ ...peer, policy: { ...peer.policy, picker: 'novel' } }));
  const lines = messageOf({ ...plan, peers }).split('\n');
  expect(lines[0]).toMatch(
    /^plan\.json:\d+:\d+: peers\.0\.policy\.picker: "novel" is not known here \(7 times, the last at peers\.6\.policy\.picker\); known: /,
  );
  expect(lines).toHaveLength(3);
});

test('mistakes of one key that are not the same are told one by one', () => {
  const names = ['one', 'other', 'one'];
  const peers = plan.peers.map((peer, at) => ({
    ...peer,
    policy: { ...peer.policy, picker: names[at] ?? 'random' },
  }));
  const heads = messageOf({ ...plan, peers })
    .split('\n')
    .filter((line) => line.startsWith('plan.json:'));
  expect(heads).toHaveLength(2);
  expect(heads[0]).toContain(
    'peers.0.policy.picker: "one" is not known here (2 times, the last at peers.2.policy.picker)',
  );
  expect(heads[1]).toMatch(/peers\.1\.policy\.picker: "other" is not known here; /);
});
