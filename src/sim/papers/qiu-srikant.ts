/** Qiu & Srikant: a swarm into which leechers come all the time, after warm-up. */
import { littlesRatio, meanLength, meanOpen, steadyState, type Span } from '../analyse/steady-state.ts';
import { around, type Comparison, type Paper, type PaperCase, type PaperRuns } from './paper.ts';

const FILE_BITS = 3200e3 * 8;
/** The first seeder leaves after 200 s of it. */
const WARM_UP_MS = 300_000;
const REPEATS = 3;
/** The formula has perfectly effective sharing (η = 1) and a fluid in place of a few peers. */
const TOLERANCE = 0.4;
const LITTLE_TOLERANCE = 0.1;

/** Means, in seconds; `arrival`: from one to the next. */
interface Point {
  readonly arrival: number;
  /** 1/μ. */
  readonly upload: number;
  /** 1/γ. */
  readonly seeding: number;
  /** 1/θ, which is 1/γ then: the time of a leecher that gives up and the rest of it after completion are one. */
  readonly patience?: number;
  readonly isSmoke?: true;
}

/** 1/c. */
const DOWNLOAD_S = 20;

/** From warm-up to the last arrival, which ends the run. */
function states({ swarm }: PaperRuns): { leeching: Span[]; seeding: Span[]; window: Span } {
  const { peers, injected, elapsedMs } = swarm!.result;
  const leftMs = new Map(
    injected.flatMap(({ kind, target, happenedMs }) =>
      kind === 'graceful-leave' && happenedMs !== null ? [[target, happenedMs]] : [],
    ),
  );
  const leechers = peers.filter(({ group, joinedMs }) => group === 'leechers' && joinedMs !== null);
  const stays = leechers.map(({ name, joinedMs, completedMs }) => ({
    joinedMs: joinedMs!,
    completedMs: completedMs ?? Infinity,
    leftMs: leftMs.get(name) ?? Infinity,
  }));
  return {
    leeching: stays.map((stay) => ({ from: stay.joinedMs, to: Math.min(stay.completedMs, stay.leftMs) })),
    seeding: stays
      .filter((stay) => stay.completedMs < stay.leftMs)
      .map((stay) => ({ from: stay.completedMs, to: stay.leftMs })),
    window: { from: WARM_UP_MS, to: elapsedMs },
  };
}

/** Those whose end the run does not show are left out, and so are those that came as late: else only short ones stay. */
function settled(runs: PaperRuns, longestMs: number): { leeching: Span[]; window: Span } {
  const { leeching, window } = states(runs);
  const to = window.to - longestMs;
  const known = leeching.filter((span) => span.from < to);
  return {
    leeching: known.map((span) => ({ from: span.from, to: Math.min(span.to, window.to) })),
    window: { from: window.from, to },
  };
}

function comparisons({ arrival, upload, seeding, patience }: Point): Comparison[] {
  const { leecherSeconds, leechers, seeders } = steadyState({
    arrivals: 1 / arrival,
    upload: 1 / upload,
    download: 1 / DOWNLOAD_S,
    seederLeaves: 1 / seeding,
    leecherLeaves: patience === undefined ? 0 : 1 / patience,
    effectiveness: 1,
  });
  const longestMs = 3000 * leecherSeconds;
  return [
    {
      figure: 'time as a leecher',
      unit: 'ms',
      by: 'formula',
      ...around(leecherSeconds * 1000, TOLERANCE, TOLERANCE),
      measure: (runs) => {
        const { leeching, window } = settled(runs, longestMs);
        return meanLength(leeching, window);
      },
    },
    {
      figure: 'leechers',
      unit: 'number',
      by: 'formula',
      ...around(leechers, TOLERANCE, TOLERANCE),
      measure: (runs) => {
        const { leeching, window } = states(runs);
        return meanOpen(leeching, window);
      },
    },
    {
      figure: 'seeders',
      unit: 'number',
      by: 'formula',
      ...around(seeders, TOLERANCE, TOLERANCE),
      measure: (runs) => {
        const { seeding: spans, window } = states(runs);
        return meanOpen(spans, window);
      },
    },
    {
      figure: "Little's law: leechers / (arrivals × time)",
      unit: 'number',
      by: 'formula',
      ...around(1, LITTLE_TOLERANCE, LITTLE_TOLERANCE),
      measure: (runs) => {
        const { leeching, window } = settled(runs, longestMs);
        return littlesRatio(leeching, window);
      },
    },
  ];
}

function point(values: Point): PaperCase {
  const { arrival, upload, seeding, patience, isSmoke } = values;
  const leave =
    patience === undefined
      ? `{ from: completion, after: { exponential: { mean: ${seeding}s } } }`
      : `{ from: join, after: { exponential: { mean: ${patience}s } } }`;
  return {
    name: [
      `1/λ = ${arrival} s`,
      `1/μ = ${upload} s`,
      `1/γ = ${seeding} s`,
      patience === undefined ? 'θ = 0' : 'θ = γ',
    ].join(', '),
    runs: {
      swarm: [
        `defaults.link.up=${FILE_BITS / upload}bit/s`,
        `defaults.link.down=${FILE_BITS / DOWNLOAD_S}bit/s`,
        // Warm-up, and as long as it takes 100 to come.
        `peers.leechers.count=${Math.round(WARM_UP_MS / 1000 / arrival) + 100}`,
        `peers.leechers.arrival.poisson.rate=${60 / arrival}/min`,
        `peers.leechers.session.leave=${leave}`,
      ],
    },
    repeats: REPEATS,
    ...(isSmoke && { isSmoke }),
    comparisons: comparisons(values),
  };
}

export const qiuSrikant: Paper = {
  name: 'qiu-srikant-steady',
  authors: 'Qiu & Srikant 2004',
  claim: 'T = 1/(θ + β) with 1/β = max(1/c, 1/μ − 1/γ); x = λT leechers; y = λ / (γ(1 + θ/β)) seeders.',
  cases: [
    point({ arrival: 5, upload: 100, seeding: 50, isSmoke: true }),
    point({ arrival: 10, upload: 100, seeding: 50 }),
    point({ arrival: 5, upload: 100, seeding: 25 }),
    point({ arrival: 5, upload: 150, seeding: 100 }),
    point({ arrival: 5, upload: 100, seeding: 200 }),
    point({ arrival: 5, upload: 100, seeding: 200, patience: 200 }),
  ],
};
