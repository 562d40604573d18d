/**
 * Small scenarios drawn at random: links from 1 kbit/s and up to a minute away, one slot or one connection, holders of
 * parts, both protocols, peers that come late, leave and come back, and every fault. In each of them all chunks can be
 * had in the end.
 */
import type { Random } from '../../core/interfaces.ts';
import { pick, seededRandom, shuffled } from '../../core/random.ts';
import { always, between, either, logUniform, oneIn } from './chance.ts';
import { drawFaults } from './draw-faults.ts';
import type { FuzzPeer, FuzzScenario } from './fuzz-scenario.ts';

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
/** Of half of the scenarios, and of the others. */
const NEAR_MS_MAX = 500;
const FAR_MS_MAX = 60_000;
const LATE_MS_MAX = 120_000;
const SLOTS_MAX = 16;
const CONNECTIONS_MAX = 50;

type Keys = Record<string, unknown>;

/** One kind of peers in all of a scenario, or another draw for each. */
interface Kinds {
  readonly rateBit: () => number | undefined;
  readonly latencyMs: () => number;
  readonly policy: () => Keys;
  readonly protocol: () => 'swarm' | 'spec';
  readonly lateMs: () => number;
}

/** The same for the same seed, a whole number. */
export function drawScenario(seed: number): FuzzScenario {
  const random = seededRandom(`fuzz/${seed}`);
  const seeders = oneIn(random, 2) ? 1 : between(random, 2, SEEDERS_MAX);
  const leechers = between(random, 1, LEECHERS_MAX);
  const kinds = drawKinds(random);
  const links = Array.from({ length: seeders + leechers }, () => drawLink(kinds, random));
  const chunks = between(random, 1, CHUNKS_MAX);
  const slowestBit = Math.min(
    ...links.flatMap(({ upBit = Infinity, downBit = Infinity }) => [upBit, downBit]),
  );
  const mostBytes = ((slowestBit / 8) * pick(SLOWEST_SECONDS, random)!) / chunks / leechers;
  const chunkBytes = drawChunkBytes(random, Math.min(CHUNK_BYTES_MAX, mostBytes));
  const lastBytes = oneIn(random, 3) ? chunkBytes : between(random, 1, chunkBytes);
  const holdings = drawHoldings(random, seeders, chunks);
  const isSpare = (at: number): boolean => at > 0 && holdings[at] === 'all' && holdings[0] === 'all';
  const peers = links.map(({ link }, at): readonly [string, FuzzPeer] => {
    const role = at >= seeders ? 'leecher' : isSpare(at) ? 'spare' : 'needed';
    return [`p${at}`, drawPeer(random, kinds, { link, role, holds: holdings[at], chunks })];
  });
  // Whoever gets a chunk before anybody has told its hash believes what comes, and claims it.
  const isHashed = peers.every(([, { holds, protocol }]) => holds === undefined || protocol === 'swarm');
  return {
    seed: String(seed),
    chunks,
    chunkBytes,
    lastBytes,
    tracker: { edition: either(random, 'plain', 'hashed'), agreement: 1, ...drawAnswers(random) },
    faults: drawFaults(random.fork('faults'), {
      peers: peers.map(([name, { protocol }], at) => ({
        name,
        protocol,
        isNeeded: at < seeders && !isSpare(at),
      })),
      mayCorrupt: holdings[0] === 'all' && isHashed,
    }),
    peers: Object.fromEntries(peers),
  };
}

type Role = 'needed' | 'spare' | 'leecher';

function drawPeer(
  random: Random,
  kinds: Kinds,
  of: { link: Keys; role: Role; holds: FuzzPeer['holds']; chunks: number },
): FuzzPeer {
  const { link, role, chunks } = of;
  const holds = role === 'leecher' ? drawShare(random, chunks) : of.holds;
  const protocol = kinds.protocol();
  const policy = kinds.policy();
  const session = drawSession(random, role);
  return {
    protocol,
    ...(protocol === 'swarm' && { policy }),
    link,
    arrival: { at: `${kinds.lateMs()}ms` },
    ...(holds && { holds }),
    ...(session && { session }),
  };
}

function drawKinds(random: Random): Kinds {
  const fastestBit = either(random, SLOW_RATE_BIT_MAX, RATE_BIT_MAX);
  const farthestMs = either(random, NEAR_MS_MAX, FAR_MS_MAX);
  const unlimitedIn = either(random, 2, 8);
  const nearIn = pick([1, 2, 4], random)!;
  const mixesProtocols = oneIn(random, 4);
  const lateIn = pick([1, 2, 3], random)!;
  const latestMs = either(random, 5000, LATE_MS_MAX);
  const own: Kinds = {
    rateBit: () =>
      oneIn(random, unlimitedIn) ? undefined : Math.round(logUniform(random, RATE_BIT_MIN, fastestBit)),
    latencyMs: () => (oneIn(random, nearIn) ? 0 : Math.round(logUniform(random, 1, farthestMs))),
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

function drawLink(kinds: Kinds, random: Random) {
  const [upBit, downBit] = [kinds.rateBit(), kinds.rateBit()];
  const link: Keys = {
    ...(upBit && { up: `${upBit}bit/s` }),
    ...(downBit && { down: `${downBit}bit/s` }),
    latency: `${kinds.latencyMs()}ms`,
    ...drawDisturbances(random),
  };
  return { ...(upBit && { upBit }), ...(downBit && { downBit }), link };
}

/** The tracker tells everybody of all others, or of few at a time. */
function drawAnswers(random: Random): Keys {
  return oneIn(random, 4) ? { peers_per_answer: between(random, 1, 3) } : {};
}

function drawPolicy(random: Random): Keys {
  return {
    upload_slots: oneIn(random, 3) ? 1 : Math.round(logUniform(random, 1, SLOTS_MAX)),
    max_connections: oneIn(random, 4) ? 1 : Math.round(logUniform(random, 1, CONNECTIONS_MAX)),
    ...(oneIn(random, 4) && { picker: either(random, 'random', 'sequential') }),
    ...(oneIn(random, 4) && { super_seeding: either(random, 'on', 'off') }),
  };
}

function drawDisturbances(random: Random): Keys {
  if (!oneIn(random, 12)) return {};
  const jitter = { jitter: `${Math.round(logUniform(random, 1, 5000))}ms` };
  return either(random, jitter, { loss: { probability: `${between(random, 1, 10)}%` } });
}

function drawChunkBytes(random: Random, most: number): number {
  const edges = EDGE_CHUNK_BYTES.filter((bytes) => bytes <= most);
  if (oneIn(random, 4) && edges.length > 0) return pick(edges, random)!;
  return Math.round(logUniform(random, CHUNK_BYTES_MIN, Math.max(CHUNK_BYTES_MIN, most)));
}

/** All full, or holders of parts who have the whole together. */
function drawHoldings(random: Random, seeders: number, chunks: number): readonly FuzzPeer['holds'][] {
  if (seeders === 1 || oneIn(random, 2)) return Array.from({ length: seeders }, () => 'all');
  const parts = Array.from({ length: seeders }, () => new Set<number>());
  for (let index = 1; index <= chunks; index++) {
    const copies = oneIn(random, 2) ? 1 : between(random, 1, seeders);
    for (const part of shuffled(parts, random).slice(0, copies)) part.add(index);
  }
  return parts.map((part) => (part.size === 0 ? 'none' : [...part]));
}

function drawShare(random: Random, chunks: number): FuzzPeer['holds'] {
  if (!oneIn(random, 8)) return undefined;
  const some = Array.from({ length: chunks }, (_, at) => at + 1).filter(() => oneIn(random, 3));
  return some.length === 0 ? 'none' : some;
}

/**
 * Leechers leave once or several times and come back with or without their chunks, leave for good, or some time after
 * they are complete. Of those who hold something at the start only a spare full copy leaves for good.
 */
function drawSession(random: Random, role: Role): Keys | undefined {
  if (!oneIn(random, role === 'needed' ? 6 : 3)) return undefined;
  const how = either(random, 'crash', 'graceful');
  const after = `${Math.round(logUniform(random, 100, 60_000))}ms`;
  const from = role === 'leecher' && oneIn(random, 4) ? { from: 'completion' } : {};
  const leave = { after, how, ...from };
  if (role !== 'needed' && oneIn(random, 3)) return { leave };
  const away = `${Math.round(logUniform(random, 10, 60_000))}ms`;
  const keeps = role !== 'leecher' || either(random, true, false);
  const times = oneIn(random, 3) ? between(random, 2, 3) : 1;
  return { leave, return: { after: away, times, keep_chunks: keeps } };
}
