/**
 * Small scenarios drawn at random, of every kind that the language allows: links from 1 kbit/s and up to a minute
 * away, one slot or one connection, both protocols, peers that come late, leave and come back.
 */
import type { Random } from '../../src/core/interfaces.ts';
import { seededRandom } from '../../src/core/random.ts';
import { expand } from '../../src/sim/expand/expand.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';

/** A file larger than this many seconds of the slowest link makes a run of too many events. */
const SLOWEST_SECONDS = 1200;
const UP_BIT_MIN = 1000;
const UP_BIT_MAX = 10_000_000;
const LATENCY_MS_MAX = 60_000;
const CHUNK_BYTES_MIN = 64;
const CHUNK_BYTES_MAX = 65_536;

/** A scenario in YAML, to be run by hand as well. */
export function randomScenario(seed: number): string {
  const random = seededRandom(`finish/${seed}`);
  const leechers = 1 + random.int(6);
  const seeders = random.int(4) === 0 ? 2 : 1;
  const chunks = 1 + random.int(16);
  const isSlow = random.int(2) === 0;
  const rate = (): number => Math.round(logUniform(random, UP_BIT_MIN, isSlow ? 64_000 : UP_BIT_MAX));
  const rates = Array.from({ length: 2 + leechers }, rate);
  const slowestBytes = (Math.min(...rates) / 8) * SLOWEST_SECONDS;
  const mostBytes = Math.max(CHUNK_BYTES_MIN, Math.min(CHUNK_BYTES_MAX, slowestBytes / chunks / leechers));
  const chunkBytes = Math.round(logUniform(random, CHUNK_BYTES_MIN, mostBytes));
  const latencyMs = random.int(3) === 0 ? 0 : Math.round(logUniform(random, 1, LATENCY_MS_MAX));
  const protocol = (['swarm', 'swarm', 'spec', 'mixed'] as const)[random.int(4)]!;
  const spoken = (at: number): string =>
    protocol === 'mixed' ? (at % 2 === 0 ? 'swarm' : 'spec') : protocol;
  const edition = random.int(2) === 0 ? 'plain' : 'hashed';
  const slots = random.int(3) === 0 ? 1 : Math.round(logUniform(random, 1, 16));
  const connections = random.int(3) === 0 ? 50 : Math.max(1, Math.round(logUniform(random, 1, 8)));
  const policy = (speaks: string): string =>
    speaks === 'spec' ? '' : `policy: { upload_slots: ${slots}, max_connections: ${connections} }, `;
  const down = (): string => (random.int(2) === 0 ? '' : `, down: ${rate()}bit/s`);
  const lines = [
    `seed: ${seed}`,
    `content: { generate: { size: ${chunkBytes * chunks}B, chunk_size: ${chunkBytes}B } }`,
    `tracker: { edition: ${edition}, agreement: 1 }`,
    'time_limit: 24h',
    'peers:',
  ];
  for (let at = 0; at < seeders + leechers; at++) {
    const isSeeder = at < seeders;
    const up = random.int(8) === 0 ? '' : `up: ${rates[at % rates.length]!}bit/s, `;
    const joinMs = random.int(2) === 0 ? 0 : Math.round(logUniform(random, 1, 60_000));
    const leaves = isSeeder || random.int(3) > 0 ? '' : churn(random);
    lines.push(
      `  p${at}: { protocol: ${spoken(at)}, ${policy(spoken(at))}link: { ${up}latency: ${latencyMs}ms${down()} }, ` +
        `arrival: { at: ${joinMs}ms }${isSeeder ? ', holds: all' : leaves} }`,
    );
  }
  return lines.join('\n');
}

export function randomPlan(seed: number): Plan {
  return expand(parseScenario(randomScenario(seed), `finish-${seed}.yaml`));
}

/** It leaves or dies once, and comes back with or without its chunks. */
function churn(random: Random): string {
  const afterMs = Math.round(logUniform(random, 100, 60_000));
  const backMs = Math.round(logUniform(random, 10, 60_000));
  const how = random.int(2) === 0 ? 'crash' : 'graceful';
  return `, session: { leave: { after: ${afterMs}ms, how: ${how} }, return: { after: ${backMs}ms, times: 1, keep_chunks: ${random.int(2) === 0} } }`;
}

function logUniform(random: Random, from: number, to: number): number {
  return from * Math.exp(random.next() * Math.log(to / from));
}
