/** Uber's Kraken: an image for all hosts of a cluster at once, and what the slowest hosts wait for. */
import { quantile, mean } from 'simple-statistics';
import type { Comparison, Paper, PaperCase, PaperRun } from './paper.ts';

const PUBLISHED_MS = { 0.5: 10_000, 0.99: 18_000, 0.999: 22_000 } as const;
/** 3 GB at 300 MB/s. */
const LIMIT_MS = 10_000;
/**
 * The median is near the limit. The tail may be shorter than in a cluster, whose disks, registries and neighbours are
 * not in the model, but not longer.
 */
const MEDIAN_ABOVE = 0.25;

function hostTimes({ result }: PaperRun): number[] {
  return result.peers.flatMap(({ group, completionMs }) => (group === 'hosts' ? (completionMs ?? []) : []));
}

function percentile(share: keyof typeof PUBLISHED_MS): Comparison {
  const published = PUBLISHED_MS[share];
  return {
    figure: `${share * 100} % of the hosts within`,
    unit: 'ms',
    by: 'measurement',
    published,
    least: LIMIT_MS,
    most: share === 0.5 ? published * (1 + MEDIAN_ABOVE) : published,
    measure: ({ swarm }) => {
      const times = hostTimes(swarm!);
      return times.length === 0 ? null : quantile(times, share);
    },
  };
}

interface Phases {
  readonly totalMs: number;
  /** Until the first chunk is whole. */
  readonly firstMs: number;
  /** From then until 19 of 20 chunks are. */
  readonly middleMs: number;
  /** The rest. */
  readonly lastMs: number;
}

const MIDDLE_UNTIL = 0.95;

/** Of each host that completed, the fastest first. */
function phasesOf({ result, events }: PaperRun): Phases[] {
  const hosts = new Set(result.peers.flatMap(({ group, name }) => (group === 'hosts' ? name : [])));
  const arrivals = new Map<string, number[]>([...hosts].map((name) => [name, []]));
  for (const event of events) if (event.type === 'chunk-received') arrivals.get(event.peer)?.push(event.atMs);
  const nearlyAll = Math.ceil(result.swarm.totalChunks * MIDDLE_UNTIL) - 1;
  return [...arrivals.values()]
    .filter((times) => times.length === result.swarm.totalChunks)
    .map((times) => {
      const [first, nearly, last] = [times[0]!, times[nearlyAll]!, times.at(-1)!];
      return { totalMs: last, firstMs: first, middleMs: nearly - first, lastMs: last - nearly };
    })
    .sort((a, b) => a.totalMs - b.totalMs);
}

function phase(figure: string, key: keyof Phases, who: 'slowest' | 'all'): Comparison {
  return {
    figure: `${who === 'all' ? 'mean host' : 'slowest hundredth'}: ${figure}`,
    unit: 'ms',
    by: 'measurement',
    published: null,
    least: -Infinity,
    most: Infinity,
    measure: ({ swarm }) => {
      const phases = phasesOf(swarm!);
      const own = who === 'all' ? phases : phases.slice(-Math.ceil(phases.length / 100));
      return own.length === 0 ? null : mean(own.map((one) => one[key]));
    },
  };
}

/** Of a case in which something else than published is assumed. */
function withoutComparison(comparison: Comparison): Comparison {
  return { ...comparison, published: null, least: -Infinity, most: Infinity };
}

interface Size {
  readonly hosts: number;
  readonly chunkMB: number;
  readonly more?: readonly string[];
  /** What else than published is assumed. */
  readonly assumed?: string;
  readonly repeats: number;
  readonly isSmoke?: true;
}

const percentiles = ([0.5, 0.99, 0.999] as const).map(percentile);

function point({ hosts, chunkMB, more = [], assumed, repeats, isSmoke }: Size): PaperCase {
  return {
    name: `${hosts} hosts, chunks of ${chunkMB} MB${assumed === undefined ? '' : `, ${assumed}`}`,
    runs: {
      swarm: [`peers.hosts.count=${hosts}`, `content.generate.chunk_size=${chunkMB}MB`, ...more],
    },
    repeats,
    ...(isSmoke && { isSmoke }),
    comparisons: [
      ...(assumed === undefined ? percentiles : percentiles.map(withoutComparison)),
      ...(['all', 'slowest'] as const).flatMap((who) => [
        phase('until the first chunk', 'firstMs', who),
        phase('then until 95 % of the chunks', 'middleMs', who),
        phase('for the rest', 'lastMs', who),
      ]),
    ],
  };
}

export const kraken: Paper = {
  name: 'kraken-image',
  authors: 'Uber, Kraken, README, section Benchmark',
  claim: 'An image of 3 GB to 2,600 hosts at once: p50 10 s, p99 18 s, p99.9 22 s.',
  cases: [
    point({ hosts: 26, chunkMB: 40, repeats: 3, isSmoke: true }),
    point({
      hosts: 26,
      chunkMB: 40,
      more: ['defaults.link.up=200MB/s'],
      assumed: '200 MB/s up',
      repeats: 3,
    }),
    point({ hosts: 26, chunkMB: 10, repeats: 2 }),
    point({ hosts: 260, chunkMB: 40, repeats: 1 }),
  ],
};
