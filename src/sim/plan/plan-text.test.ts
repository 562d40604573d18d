import { describe, expect, test } from 'vitest';
import { parseScenario } from '../scenario/parse.ts';
import { ScenarioError } from '../scenario/problems.ts';
import { expand } from './expand.ts';
import { parsePlan } from './parse-plan.ts';
import { renderPlan } from './render-plan.ts';

const scenario = parseScenario(
  `description: Everything at once.
content: { generate: { size: 1MiB, chunk_size: 128KiB } }
engine: { peers_per_worker: 2 }
peers:
  seeder: { holds: all, link: { up: 1Gbit/s, latency: 20ms, jitter: { exponential: { mean: 2ms } } } }
  some: { count: 2, holds: [1, 3-5], link: { down: 512kbit/s }, session: { leave: { after: 1.5s, how: crash }, return: { after: 1s, keep_chunks: false } } }
  spec: { protocol: spec, session: { leave: { after: 1s, from: completion } } }
`,
  'all.yaml',
);
const plan = expand(scenario);

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
  test('is printed with every drawn value', () => {
    expect(`\n${renderPlan(plan)}`).toMatchInlineSnapshot(`
      "
      all · seed 1
      Everything at once.

      content        1 MiB generated from "1/content", 8 chunks of 128 KiB
      tracker        plain edition, agreement of 1, announce every 10 s, silence limit 30 s, 50 peers an answer
      time limit     60 s
      peers a thread 2

      ┌────────┬───────────────┬──────────┬───────────┬────────────┬─────────┬───────────────────────┬────────────────────────────────────────┬───────────────┐
      │ peer   │ holds         │ protocol │ up        │ down       │ latency │ jitter                │ stays                                  │ must complete │
      ├────────┼───────────────┼──────────┼───────────┼────────────┼─────────┼───────────────────────┼────────────────────────────────────────┼───────────────┤
      │ seeder │ all           │ swarm    │ 1 Gbit/s  │ unlimited  │ 20 ms   │ exponential mean 2 ms │ from 0 ms                              │ yes           │
      │ some/1 │ chunks 1, 3-5 │ swarm    │ unlimited │ 512 kbit/s │ 0 ms    │ -                     │ from 0 ms, crash at 1.5 s, chunks lost │ yes           │
      │        │               │          │           │            │         │                       │ from 2.5 s                             │               │
      │ some/2 │ chunks 1, 3-5 │ swarm    │ unlimited │ 512 kbit/s │ 0 ms    │ -                     │ from 0 ms, crash at 1.5 s, chunks lost │ yes           │
      │        │               │          │           │            │         │                       │ from 2.5 s                             │               │
      │ spec   │ none          │ spec     │ unlimited │ unlimited  │ 0 ms    │ -                     │ from 0 ms, leave 1 s after completion  │ yes           │
      └────────┴───────────────┴──────────┴───────────┴────────────┴─────────┴───────────────────────┴────────────────────────────────────────┴───────────────┘

      seeder  rarest-first picker, 4 upload slots, super-seeding auto, up to 50 connections
      some    rarest-first picker, 4 upload slots, super-seeding auto, up to 50 connections
      spec    asks for missing chunks in turn
      "
    `);
  });

  test('is read back as it was', () => {
    expect(parsePlan(JSON.stringify(plan), 'plan.json')).toEqual(plan);
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
      plan.json:100:20: peers.1.mustComplete: must be true or false, not "yes"
        100 |    "mustComplete": "yes",
            |                    ^
      plan.json:197:2: colour: unknown key; known: schemaVersion, scenario, seed, content, tracker, peers, regions, faults, sets, expect, abortOn, variant, timeLimitMs, engine
        197 |  "colour": "red"
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
    const sparse = { ...plan, content: { kind: 'folders', folders: ['x'], totalChunks: 8, chunkBytes: [1] } };
    expect(messageOf(JSON.stringify(sparse, null, 1))).toContain('a size for each of the 8 chunks');
  });

  test('that is no JSON is refused', () => {
    expect(messageOf('{ "schemaVersion": 1,')).toContain('plan.json:1:');
    expect(messageOf('a: 1')).toContain('is not JSON');
    expect(messageOf('')).toContain('is not JSON');
  });
});
