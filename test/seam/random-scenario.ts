/**
 * Small scenarios drawn at random, of every kind that the language allows: links from 1 kbit/s and up to a minute
 * away, one slot or one connection, holders of parts, both protocols, peers that come late, leave and come back.
 * In each of them all chunks can be had in the end.
 */
import type { Random } from '../../src/core/interfaces.ts';
import { pick, seededRandom, shuffled } from '../../src/core/random.ts';
import { expand } from '../../src/sim/expand/expand.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { parseScenario } from '../../src/sim/scenario/parse.ts';

const SEEDERS_MAX = 3;
const LEECHERS_MAX = 6;
const CHUNKS_MAX = 16;
/** Below and at the edges of what a frame, a block and a piece of a link hold. */
const EDGE_CHUNK_BYTES = [1, 2, 63, 64, 1459, 1460, 1461, 1524, 16_384, 65_536, 65_537];
const CHUNK_BYTES_MIN = 64;
const CHUNK_BYTES_MAX = 65_536;
/** The slowest link could carry the file to everybody in so many seconds, so that a run is of few events. */
const SLOWEST_SECONDS = [60, 600, 600, 3000];
const RATE_BIT_MIN = 1000;
const SLOW_RATE_BIT_MAX = 64_000;
const RATE_BIT_MAX = 10_000_000;
const LATENCY_MS_MAX = 60_000;
const LATE_MS_MAX = 120_000;
const SLOTS_MAX = 16;
const CONNECTIONS_MAX = 50;

/** One kind of peers in all of a scenario, or another draw for each. */
interface Kinds {
  readonly rateBit: () => number | undefined;
  readonly latencyMs: () => number;
  readonly disturbances: () => readonly string[];
  readonly policy: () => string;
  readonly protocol: () => 'swarm' | 'spec';
  readonly lateMs: () => number;
}

/** A scenario in YAML, to be run by hand as well. */
export function randomScenario(seed: number): string {
  const random = seededRandom(`finish/${seed}`);
  const seeders = oneIn(random, 2) ? 1 : between(random, 2, SEEDERS_MAX);
  const leechers = between(random, 1, LEECHERS_MAX);
  const kinds = drawKinds(random);
  const links = Array.from({ length: seeders + leechers }, () => drawLink(kinds));
  const chunks = between(random, 1, CHUNKS_MAX);
  const slowestBit = Math.min(...links.flatMap(({ up = Infinity, down = Infinity }) => [up, down]));
  const mostBytes = ((slowestBit / 8) * pick(SLOWEST_SECONDS, random)!) / chunks / leechers;
  const chunkBytes = drawChunkBytes(random, Math.min(CHUNK_BYTES_MAX, mostBytes));
  const lastBytes = oneIn(random, 3) ? chunkBytes : between(random, 1, chunkBytes);
  const holdings = drawHoldings(random, seeders, chunks);
  const lines = [
    `seed: ${seed}`,
    `content: { generate: { size: ${chunkBytes * (chunks - 1) + lastBytes}B, chunk_size: ${chunkBytes}B } }`,
    `tracker: { edition: ${either(random, 'plain', 'hashed')}, agreement: 1${drawAnswers(random)} }`,
    'time_limit: 24h',
    ...drawPartition(random, seeders + leechers),
    'peers:',
    ...links.map(({ text }, at) => {
      const isSeeder = at < seeders;
      const isSpare = isSeeder && at > 0 && holdings[at] === 'all' && holdings[0] === 'all';
      const holds = isSeeder ? `, holds: ${holdings[at]}` : drawShare(random, chunks);
      const protocol = kinds.protocol();
      const policy = protocol === 'spec' ? '' : `, policy: { ${kinds.policy()} }`;
      const session = drawSession(random, isSeeder ? (isSpare ? 'spare' : 'needed') : 'leecher');
      const arrival = `arrival: { at: ${kinds.lateMs()}ms }`;
      return `  p${at}: { protocol: ${protocol}${policy}${text}, ${arrival}${holds}${session} }`;
    }),
  ];
  return lines.join('\n');
}

export function randomPlan(seed: number): Plan {
  return expand(parseScenario(randomScenario(seed), `finish-${seed}.yaml`));
}

function drawKinds(random: Random): Kinds {
  const fastestBit = either(random, SLOW_RATE_BIT_MAX, RATE_BIT_MAX);
  const unlimitedIn = either(random, 2, 8);
  const nearIn = pick([1, 2, 4], random)!;
  const mixesProtocols = oneIn(random, 4);
  const lateIn = pick([1, 2, 3], random)!;
  const latestMs = either(random, 5000, LATE_MS_MAX);
  const own: Kinds = {
    rateBit: () =>
      oneIn(random, unlimitedIn) ? undefined : Math.round(logUniform(random, RATE_BIT_MIN, fastestBit)),
    latencyMs: () => (oneIn(random, nearIn) ? 0 : Math.round(logUniform(random, 1, LATENCY_MS_MAX))),
    disturbances: () => drawDisturbances(random),
    policy: () => drawPolicy(random),
    protocol: () => either(random, 'swarm', 'spec'),
    lateMs: () => (oneIn(random, lateIn) ? 0 : Math.round(logUniform(random, 1, latestMs))),
  };
  const protocol = oneIn(random, 4) ? 'spec' : 'swarm';
  return {
    ...own,
    rateBit: oneIn(random, 3) ? always(own.rateBit()) : own.rateBit,
    latencyMs: oneIn(random, 3) ? always(own.latencyMs()) : own.latencyMs,
    policy: oneIn(random, 2) ? always(own.policy()) : own.policy,
    protocol: mixesProtocols ? own.protocol : always(protocol),
  };
}

function drawLink(kinds: Kinds): { readonly up?: number; readonly down?: number; readonly text: string } {
  const [up, down] = [kinds.rateBit(), kinds.rateBit()];
  const rates = [up && `up: ${up}bit/s`, down && `down: ${down}bit/s`].filter((rate) => rate !== undefined);
  const text = `, link: { ${[...rates, `latency: ${kinds.latencyMs()}ms`, ...kinds.disturbances()].join(', ')} }`;
  return { ...(up && { up }), ...(down && { down }), text };
}

/** The tracker tells everybody of all others, or of few at a time. */
function drawAnswers(random: Random): string {
  return oneIn(random, 4) ? `, peers_per_answer: ${between(random, 1, 3)}` : '';
}

function drawPartition(random: Random, peers: number): readonly string[] {
  if (!oneIn(random, 8)) return [];
  const atMs = Math.round(logUniform(random, 100, LATE_MS_MAX));
  const forMs = Math.round(logUniform(random, 100, LATE_MS_MAX));
  const side = shuffled(
    Array.from({ length: peers }, (_, at) => `p${at}`),
    random,
  ).slice(0, between(random, 1, peers - 1));
  return [
    `faults: [{ at: ${atMs}ms, for: ${forMs}ms, partition: { sides: ["${side.join(' + ')}", rest] } }]`,
  ];
}

function drawPolicy(random: Random): string {
  const slots = oneIn(random, 3) ? 1 : Math.round(logUniform(random, 1, SLOTS_MAX));
  const connections = oneIn(random, 4) ? 1 : Math.round(logUniform(random, 1, CONNECTIONS_MAX));
  const picker = oneIn(random, 4) ? `, picker: ${either(random, 'random', 'sequential')}` : '';
  const superSeeding = oneIn(random, 4) ? `, super_seeding: ${either(random, 'on', 'off')}` : '';
  return `upload_slots: ${slots}, max_connections: ${connections}${picker}${superSeeding}`;
}

function drawDisturbances(random: Random): readonly string[] {
  if (!oneIn(random, 12)) return [];
  const jitter = `jitter: ${Math.round(logUniform(random, 1, 5000))}ms`;
  return [either(random, jitter, `loss: { probability: ${between(random, 1, 10)}% }`)];
}

function drawChunkBytes(random: Random, most: number): number {
  const edges = EDGE_CHUNK_BYTES.filter((bytes) => bytes <= most);
  if (oneIn(random, 4) && edges.length > 0) return pick(edges, random)!;
  return Math.round(logUniform(random, CHUNK_BYTES_MIN, Math.max(CHUNK_BYTES_MIN, most)));
}

/** All full, or holders of parts who have the whole together. */
function drawHoldings(random: Random, seeders: number, chunks: number): readonly string[] {
  if (seeders === 1 || oneIn(random, 2)) return Array.from({ length: seeders }, () => 'all');
  const parts = Array.from({ length: seeders }, () => new Set<number>());
  for (let index = 1; index <= chunks; index++) {
    const copies = oneIn(random, 2) ? 1 : between(random, 1, seeders);
    for (const part of shuffled(parts, random).slice(0, copies)) part.add(index);
  }
  return parts.map(chunkList);
}

function drawShare(random: Random, chunks: number): string {
  if (!oneIn(random, 8)) return '';
  const some = Array.from({ length: chunks }, (_, at) => at + 1).filter(() => oneIn(random, 3));
  return `, holds: ${chunkList(new Set(some))}`;
}

function chunkList(indices: ReadonlySet<number>): string {
  return indices.size === 0 ? 'none' : `[${[...indices].join(', ')}]`;
}

/**
 * Leechers leave once or several times and come back with or without their chunks, leave for good, or some time after
 * they are complete. Of those who hold something at the start only a spare full copy leaves for good.
 */
function drawSession(random: Random, role: 'needed' | 'spare' | 'leecher'): string {
  if (!oneIn(random, role === 'needed' ? 6 : 3)) return '';
  const how = either(random, 'crash', 'graceful');
  const leaveMs = Math.round(logUniform(random, 100, 60_000));
  const from = role === 'leecher' && oneIn(random, 4) ? ', from: completion' : '';
  const leave = `leave: { after: ${leaveMs}ms, how: ${how}${from} }`;
  if (role !== 'needed' && oneIn(random, 3)) return `, session: { ${leave} }`;
  const awayMs = Math.round(logUniform(random, 10, 60_000));
  const keeps = role !== 'leecher' || either(random, true, false);
  const times = oneIn(random, 3) ? between(random, 2, 3) : 1;
  return `, session: { ${leave}, return: { after: ${awayMs}ms, times: ${times}, keep_chunks: ${keeps} } }`;
}

function always<Value>(value: Value): () => Value {
  return () => value;
}

function oneIn(random: Random, count: number): boolean {
  return random.int(count) === 0;
}

function either<A, B>(random: Random, a: A, b: B): A | B {
  return random.int(2) === 0 ? a : b;
}

/** Whole, both included. */
function between(random: Random, from: number, to: number): number {
  return from + random.int(to - from + 1);
}

function logUniform(random: Random, from: number, to: number): number {
  return from * Math.exp(random.next() * Math.log(to / from));
}
