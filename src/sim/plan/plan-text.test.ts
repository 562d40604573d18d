import { describe, expect, test } from 'vitest';
import { eventful, everyPeer } from '../scenario/fixture.ts';
import { ScenarioError } from '../scenario/source/problems.ts';
import { expand } from '../expand/expand.ts';
import { parsePlan } from '../saved-plan/parse-plan.ts';

const plan = expand(everyPeer);

function messageOf(text: string): string {
  try {
    parsePlan(text, 'plan.json');
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return `\n${(error as ScenarioError).message}\n`;
  }
  throw new Error('the plan was accepted');
}

describe('a plan', () => {
  test('is read back as it was', () => {
    expect(parsePlan(JSON.stringify(plan), 'plan.json')).toEqual(plan);
    const whole = { ...expand(eventful), variant: { arm: 'slots=4', parameters: { slots: 4 }, repeat: 2 } };
    expect(parsePlan(JSON.stringify(whole), 'plan.json')).toEqual(whole);
  });

  test('that was saved before there were upload policies is read as it was run', () => {
    const old = JSON.parse(JSON.stringify(plan)) as { peers: { policy: { uploadPolicy?: string } }[] };
    for (const { policy } of old.peers) delete policy.uploadPolicy;
    expect(parsePlan(JSON.stringify(old), 'plan.json')).toEqual(plan);
  });

  test('whose faults, sets or regions speak of what is not there is refused', () => {
    const { regions, faults, ...rest } = expand(eventful);
    const hit = (peers: readonly string[]) => [{ ...faults[3]!, effect: { kind: 'pause', peers } }];
    expect(messageOf(JSON.stringify({ ...rest, regions, faults: hit(['g/7']) }))).toContain(
      'there is no peer "g/7"',
    );
    expect(messageOf(JSON.stringify({ ...rest, regions, faults: hit(['tracker']) }))).toContain(
      'there is no peer "tracker"',
    );
    expect(messageOf(JSON.stringify({ ...rest, regions, faults, sets: { x: ['g/8'] } }))).toContain(
      'there is no peer "g/8"',
    );
    const flat = { ...rest, faults, regions: { names: ['here', 'there'], delayMs: [[0, 1]] } };
    expect(messageOf(JSON.stringify(flat))).toContain('must have 2 rows of 2 delays');
    expect(messageOf(JSON.stringify({ ...rest, faults, regions: null }))).toContain(
      'there is no region "here"',
    );
    const twice = { ...rest, regions, faults: [faults[0], faults[0]] };
    expect(messageOf(JSON.stringify(twice))).toContain('a second fault is called "crash 1"');
  });

  test('that was damaged is refused with all mistakes and their places', () => {
    const damaged = structuredClone(plan) as unknown as Record<string, never> & {
      peers: Record<string, unknown>[];
    };
    Object.assign(damaged, { schemaVersion: 99, colour: 'red' });
    Object.assign(damaged.peers[1]!, { holds: { kind: 'chunks', indices: [9] }, mustComplete: 'yes' });
    expect(messageOf(JSON.stringify(damaged, null, 1))).toMatchInlineSnapshot(`
      "
      plan.json:2:19: schemaVersion: 99 is not known here; known: 2
          2 |  "schemaVersion": 99,
            |                   ^
      plan.json:102:20: peers.1.mustComplete: "yes" is not known here; known: true, false, unless-gone
        102 |    "mustComplete": "yes",
            |                    ^
      plan.json:253:2: colour: unknown key; known: content, record, seed, tracker, peers, regions … and 11 more
        253 |  "colour": "red"
            |  ^
      "
    `);
  });

  test('that contradicts itself is refused', () => {
    const twice = { ...plan, peers: [plan.peers[0], plan.peers[0]] };
    expect(messageOf(JSON.stringify(twice, null, 1))).toContain('a second peer is called "seeder"');
    const sessions = [
      { joinMs: 5, leave: null },
      { joinMs: 1, leave: null },
    ];
    const disorder = { ...plan, peers: [{ ...plan.peers[0]!, sessions }] };
    expect(messageOf(JSON.stringify(disorder, null, 1))).toContain('must follow each other in time');
    const seeds = { how: 'crash', from: 'completion', afterMs: 5, keepChunks: true };
    const goes = { ...seeds, from: 'start' };
    const said = (...sessions: unknown[]): string =>
      messageOf(JSON.stringify({ ...plan, peers: [{ ...plan.peers[0]!, sessions }] }, null, 1));
    const [at, back] = [{ joinMs: 1 }, { awayMs: 9 }];
    for (const [first, then] of [
      [goes, { ...back, leave: null }],
      [seeds, { joinMs: 9, leave: null }],
      [seeds, { ...back, leave: goes }],
      [null, { ...back, leave: null }],
    ]) {
      expect(said({ ...at, leave: first }, then)).toContain('must follow each other in time');
    }
    expect(said({ ...at, leave: seeds }, { ...at, ...back, leave: null })).toContain(
      'sessions.1: must have one of joinMs and awayMs',
    );
    expect(said({ ...at, leave: seeds }, { awayMs: -1, leave: null })).toContain(
      'sessions.1.awayMs: -1 is too small; allowed: 0 to 86400000',
    );
    expect(said({ ...back, leave: null })).toContain('sessions.0.awayMs: unknown key; known: joinMs, leave');
    expect(said()).toContain('sessions.0: is missing; its keys: joinMs, leave');
    const sparse = { ...plan, content: { kind: 'folders', folders: ['x'], totalChunks: 8, chunkBytes: [1] } };
    expect(messageOf(JSON.stringify(sparse, null, 1))).toContain('a size for each of the 8 chunks');
  });

  test('whose parts were changed so that they disagree is refused, with the place of each', () => {
    const changed = structuredClone(expand(eventful)) as unknown as {
      content: object;
      expect: object[];
      abortOn: object[];
      peers: { sessions: object[] }[];
    };
    const [threshold] = changed.expect;
    changed.expect = [
      { ...threshold, metric: '(there).completion.p59' },
      { ...threshold, text: 'waste < 2%', metric: 'waste', value: 0.99 },
      { ...threshold, metric: '(nowhere).completion.p95' },
      { ...threshold, comparison: '>' },
      { ...threshold, text: 'soon' },
      { ...threshold, metric: 'makspan' },
    ];
    Object.assign(changed.content, { totalChunks: 7 });
    Object.assign(changed.abortOn[0]!, { value: 3 });
    Object.assign(changed.peers[4]!.sessions[0]!, { joinMs: 1e12 });
    const places = messageOf(JSON.stringify(changed, null, 1))
      .split('\n')
      .filter((line) => line.startsWith('plan.json'));
    expect(places).toMatchInlineSnapshot(`
      [
        "plan.json:10:18: content.totalChunks: is 7, but 1048576 bytes in chunks of 131072 are 8 chunks; change all three or none",
        "plan.json:237:16: peers.4.sessions.0.joinMs: 1000000000000 is too large; allowed: 0 to 86400000",
        "plan.json:445:14: expect.0.metric: is (there).completion.p59, but the text "(there).completion.p95 < 30s" says (there).completion.p95; change both or neither",
        "plan.json:453:13: expect.1.value: is 0.99, but the text "waste < 2%" says 0.02; change both or neither",
        "plan.json:457:14: expect.2.metric: "(nowhere).completion.p95" is not a metric of this plan; did you mean "seeder.completion.p95"?",
        "plan.json:464:18: expect.3.comparison: is >, but the text "(there).completion.p95 < 30s" says <; change both or neither",
        "plan.json:468:12: expect.4.text: "soon" has no comparison; write for example completion.p95 < 30s",
        "plan.json:475:14: expect.5.metric: "makspan" is not a metric of this plan; did you mean "makespan"?",
        "plan.json:487:13: abortOn.0.value: is 3, but the text "availability < 1" says 1; change both or neither",
      ]
    `);
  });

  test('that is no JSON is refused', () => {
    expect(messageOf('{ "schemaVersion": 1,')).toContain('plan.json:1:');
    expect(messageOf('a: 1')).toContain('is not JSON');
    expect(messageOf('')).toContain('is not JSON');
  });
});
