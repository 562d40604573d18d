/** Bharambe, Herley & Padmanabhan: a flash crowd whose peers leave on completion. */
import type { Comparison, Paper, PaperCase, PaperRuns } from './paper.ts';

/** `near 1`, as read here. */
const NEARLY_ALL = 0.9;

const FAST_SEEDER = 'peers.seeder.link.up=6Mbit/s';

function settings(picker: string, leechers: number, chunks: number): string[] {
  return [
    `defaults.policy.picker=${picker}`,
    `peers.leechers.count=${leechers}`,
    `content.generate.size=${chunks * 25_600}B`,
  ];
}

function utilisation(run: string): Comparison {
  return {
    figure: `upload utilisation, ${run}`,
    unit: 'share',
    by: 'measurement',
    published: 'near 100 %',
    least: NEARLY_ALL,
    most: 1,
    measure: (runs) => runs[run]!.result.swarm.uploadUtilisation,
  };
}

function ratio(figure: string, of: (runs: PaperRuns, run: string) => number | null): Comparison {
  return {
    figure: `${figure}, random / rarest-first`,
    unit: 'number',
    by: 'measurement',
    published: 'above 1',
    least: 1.02,
    most: Infinity,
    measure: (runs) => {
      const [random, rarest] = [of(runs, 'random'), of(runs, 'rarest-first')];
      return random === null || rarest === null ? null : random / rarest;
    },
  };
}

function crowd(leechers: number, chunks: number): PaperCase[] {
  const size = `${leechers} leechers, ${chunks} chunks`;
  const runs = (...more: string[]): PaperCase['runs'] =>
    Object.fromEntries(
      ['rarest-first', 'random'].map((picker) => [picker, [...settings(picker, leechers, chunks), ...more]]),
    );
  return [
    {
      name: `fast seeder, ${size}`,
      runs: runs(FAST_SEEDER),
      repeats: 3,
      comparisons: [utilisation('rarest-first'), utilisation('random')],
    },
    {
      name: `scarce seeder, ${size}`,
      runs: runs(),
      repeats: 3,
      isSmoke: true,
      comparisons: [
        ratio('makespan', (all, run) => all[run]!.result.swarm.makespanMs),
        ratio('seeder load', (all, run) => all[run]!.result.swarm.seederLoad),
      ],
    },
  ];
}

export const bharambe: Paper = {
  name: 'bharambe-flash-crowd',
  authors: 'Bharambe, Herley & Padmanabhan 2006',
  claim: 'Uplinks are used almost fully; rarest-first matters where the seeder is scarce.',
  cases: crowd(24, 100),
};
