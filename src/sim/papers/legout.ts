/** Legout, Urvoy-Keller & Michiardi: the copies of the rarest chunk, from the first on. */
import { mean } from 'simple-statistics';
import { copiesOverTime, type CopiesSample } from './copies-over-time.ts';
import { around, ROUNDING, type Comparison, type Paper, type PaperCase, type PaperRun } from './paper.ts';

const STEP_MS = 500;
const FILE_BITS = 3200e3 * 8;
const SEEDER_BITS_PER_SEC = 400e3;
/** No peer knows what another has just asked the seeder for, so it sends some chunks twice. */
const START_UP_ABOVE = 0.5;

/** Samples from when no chunk is at the seeder alone; empty: there is no such time. */
function steady(run: PaperRun): readonly CopiesSample[] {
  const samples = copiesOverTime(run, STEP_MS);
  const from = samples.findIndex(({ rarest }) => rarest >= 2);
  return from === -1 ? [] : samples.slice(from);
}

type Figure = Omit<Comparison, 'published' | 'by' | 'least' | 'most'>;

const unlimited = { by: 'measurement', published: null, least: -Infinity, most: Infinity } as const;

function startUp(run: string): Figure {
  return {
    figure: `start-up, ${run}`,
    unit: 'ms',
    measure: (runs) => steady(runs[run]!)[0]?.atMs ?? null,
  };
}

function fewestCopies(run: string): Figure {
  return {
    figure: `fewest copies after it, ${run}`,
    unit: 'number',
    measure: (runs) => {
      const copies = steady(runs[run]!).map(({ rarest }) => rarest);
      return copies.length === 0 ? null : Math.min(...copies);
    },
  };
}

function closeness(run: string): Figure {
  return {
    figure: `rarest / mean copies after it, ${run}`,
    unit: 'number',
    measure: (runs) => {
      const ratios = steady(runs[run]!).map((sample) => sample.rarest / sample.mean);
      return ratios.length === 0 ? null : mean(ratios);
    },
  };
}

function point(crowd: number, later: number): PaperCase {
  const sizes = [`peers.crowd.count=${crowd}`, `peers.later.count=${later}`];
  const onceMs = (FILE_BITS / SEEDER_BITS_PER_SEC) * 1000;
  return {
    name: `${crowd} at once, ${later} later`,
    runs: { 'rarest-first': sizes, random: [...sizes, 'defaults.policy.picker=random'] },
    repeats: 3,
    isSmoke: true,
    comparisons: [
      { ...startUp('rarest-first'), by: 'formula', ...around(onceMs, ROUNDING, START_UP_ABOVE) },
      {
        ...fewestCopies('rarest-first'),
        by: 'measurement',
        published: 'never rare again',
        least: 2,
        most: Infinity,
      },
      { ...closeness('rarest-first'), by: 'measurement', published: 'close to 1', least: 0.7, most: 1 },
      { ...startUp('random'), ...unlimited },
      { ...fewestCopies('random'), ...unlimited },
      { ...closeness('random'), ...unlimited },
    ],
  };
}

export const legout: Paper = {
  name: 'legout-rarest',
  authors: 'Legout, Urvoy-Keller & Michiardi 2006',
  claim:
    'Start-up lasts until the seeder has sent each chunk once; then rarest-first keeps every chunk in many copies.',
  cases: [point(20, 40)],
};
