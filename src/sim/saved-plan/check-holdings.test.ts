import { describe, expect, test } from 'vitest';
import { planOf, readFolder, small } from '../scenario/fixture.ts';
import { ScenarioError } from '../scenario/source/problems.ts';
import { parsePlan } from './parse-plan.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';

const folders = 'content: { folders: [one, two, three] }\n';

/** The mistakes of a plan of which what the peers hold was changed. */
function mistakesWith(
  plan: Plan,
  holdings: Readonly<Record<string, PlannedPeer['holds']>>,
  more: Partial<Plan> = {},
): readonly string[] {
  const peers = plan.peers.map((peer) => ({ ...peer, holds: holdings[peer.name] ?? peer.holds }));
  const text = JSON.stringify({ ...plan, ...more, peers }, null, 2);
  try {
    parsePlan(text, 'plan.json', { readFolder });
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    return error.problems.map(({ line, path, message, suggestion }) => {
      expect(text.split('\n')[line - 1]).toContain(`"${path.split('.').at(-1)!}"`);
      return `${path}: ${message}; ${suggestion ?? ''}`;
    });
  }
}

describe('a saved plan that can never complete is refused:', () => {
  const plan = planOf(`${small}peers: { seeder: { holds: all }, half: { holds: 1-2 }, leecher: {} }\n`);

  test('no peer holds some chunk at the start', () => {
    expect(mistakesWith(plan, { seeder: { kind: 'none' } })).toEqual([
      'peers: no peer holds chunks 3-4 at the start; let a peer hold what is missing',
    ]);
    expect(
      mistakesWith(plan, { seeder: { kind: 'none' }, leecher: { kind: 'chunks', indices: [3, 4] } }),
    ).toEqual([]);
  });

  test('fewer peers hold some chunk than must agree on it', () => {
    const tracker = { ...plan.tracker, agreement: 2 };
    expect(mistakesWith(plan, {}, { tracker })).toEqual([
      'tracker.agreement: chunks 3-4 can never spread: 2 holders must agree, and fewer peers hold them; lower it, or let more peers hold these chunks',
    ]);
    // One peer that holds a chunk twice is one.
    expect(mistakesWith(plan, { leecher: { kind: 'chunks', indices: [3, 3, 4, 4] } }, { tracker })).toEqual(
      [],
    );
    expect(
      mistakesWith(plan, { seeder: { kind: 'chunks', indices: [3, 3, 4, 4] } }, { tracker }),
    ).toHaveLength(1);
  });

  test('folders that lack chunks, or are not there', () => {
    const whole = planOf(folders);
    expect(mistakesWith(whole, {})).toEqual([]);
    expect(mistakesWith(whole, { peer1: { kind: 'none' }, peer3: { kind: 'none' } })).toEqual([
      'peers: no peer holds chunk 1 at the start; let a peer hold what is missing',
    ]);
    const content = { ...whole.content, folders: ['one', 'gone', 'three'] } as Plan['content'];
    const text = JSON.stringify({ ...whole, content }, null, 2);
    expect(() => parsePlan(text, 'plan.json', { readFolder })).toThrow(
      /content\.folders\.1: gone\/local_chunks\.txt: there is no such file/,
    );
  });
});
