/** What terminal and Markdown say alike of an experiment. */
import type {
  Against,
  ArmExpectation,
  ArmFigure,
  ArmResult,
  Experiment,
  Statement,
} from '../../experiment/experiment.ts';
import type { MetricUnit } from '../../units/metric-unit.ts';
import { formatMetric, NO_DATA } from '../../units/format.ts';
import type { Column } from '../table.ts';

/** With its sign. Of shares in percentage points, so that it is not taken for a share of the figure. */
export function formatDifference(value: number, unit: MetricUnit): string {
  const size = Math.abs(value);
  const text = unit === 'share' ? `${(size * 100).toFixed(1)} pp` : formatMetric(size, unit);
  if (value === 0) return text;
  return value > 0 ? `+${text}` : `-${text}`;
}

/** `+1.20 s [+0.4 s, +2.0 s]` */
export function formatInterval(difference: NonNullable<Against['difference']>, unit: MetricUnit): string {
  const { estimate, low, high } = difference;
  const [middle, from, to] = [estimate, low, high].map((value) => formatDifference(value, unit));
  return `${middle!} [${from!}, ${to!}]`;
}

/** `3 arms × 5 runs, 14 passed, 1 failed` */
export function headline({ runs, plannedRuns, arms, repeats, ending }: Experiment): string {
  const of = (outcome: string) => runs.filter((run) => run.outcome === outcome).length;
  const counts = (['pass', 'fail', 'inconclusive'] as const)
    .filter((outcome) => outcome === 'pass' || of(outcome) > 0)
    .map(
      (outcome) =>
        `${of(outcome)} ${{ pass: 'passed', fail: 'failed', inconclusive: 'inconclusive' }[outcome]}`,
    );
  const many =
    arms.length === 1
      ? `${plannedRuns} runs`
      : `${arms.length} arms × ${repeats} ${repeats === 1 ? 'run' : 'runs'}`;
  const stopped = ending === 'completed' ? '' : ` (${ending} after ${runs.length} of ${plannedRuns} runs)`;
  return `${many}${stopped}, ${counts.join(', ')}`;
}

/** Doubts about all figures, each a sentence. */
export function doubts({ runs, arms, ending, repeats, baseline }: Experiment): string[] {
  const doubtful = runs.filter(({ trust }) => trust === 'doubtful').length;
  const compared = baseline !== null && arms.length > 1;
  return [
    ...(ending === 'interrupted' ? ['It was stopped: only what was measured until then is told.'] : []),
    ...(ending === 'failed'
      ? ['A run could not be carried out: only what was measured before it is told.']
      : []),
    ...(doubtful > 0
      ? [
          `In ${doubtful} of ${runs.length} runs the host may have decided the figures; their reports say why.`,
        ]
      : []),
    ...(compared && repeats === 1
      ? [
          'One run of each arm shows no scatter: nothing can be said about differences. Repeat at least 3 times.',
        ]
      : []),
    ...(compared && repeats === 2
      ? ['Two runs of each arm show little of the scatter: intervals are very wide. Repeat at least 3 times.']
      : []),
  ];
}

export const explanations = [
  '± is half the 95 % confidence interval of the mean (Student’s t). [ ] is the 95 % interval of the difference from the baseline (Welch).',
  '“better” and “worse” hold for all arms of a metric together (Holm); “no difference shown” is not “equal”.',
  'n below the number of runs: the others have no such figure, for example no makespan.',
] as const;

/** The figures of one metric, arm by arm. */
export interface MetricTable {
  readonly metric: string;
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly statement: Statement | null }[];
}

/** A table for each metric that any arm has; of an experiment of one arm a single one, with a row for each metric. */
export function metricTables({ arms, baseline }: Experiment): MetricTable[] {
  const paths = [...new Set(arms.flatMap(({ figures }) => figures.map(({ metric }) => metric)))];
  if (arms.length === 1) {
    const rows = arms[0]!.figures.flatMap((figure) =>
      figure.summary === null ? [] : [{ cells: [figure.metric, ...summaryCells(figure)], statement: null }],
    );
    return [{ metric: '', columns: [{ head: 'metric' }, ...summaryColumns], rows }];
  }
  return paths.flatMap((metric) => {
    const figures = arms.map((arm) => ({ arm, figure: arm.figures.find((one) => one.metric === metric)! }));
    if (figures.every(({ figure }) => figure.summary === null)) return [];
    const head = [{ head: metric }, right('mean'), right('95 %'), right('n')];
    return {
      metric,
      columns: baseline === null ? head : [...head, { head: `against ${baseline}` }, { head: 'says' }],
      rows: figures.map(({ arm, figure }) => ({
        cells: [
          arm.name,
          ...meanCells(figure),
          ...(baseline === null ? [] : againstCells(figure, arm.name === baseline)),
        ],
        statement: figure.against?.statement ?? null,
      })),
    };
  });
}

const right = (head: string): Column => ({ head, align: 'right' });
const summaryColumns = ['mean', '95 %', 'sd', 'min', 'max', 'n'].map(right);

function summaryCells({ summary, unit }: ArmFigure): string[] {
  if (summary === null) return [];
  const show = (value: number | null) => formatMetric(value, unit);
  const { mean, ci95, sd, min, max, count } = summary;
  return [show(mean), half(ci95, unit), show(sd), show(min), show(max), String(count)];
}

function meanCells({ summary, unit }: ArmFigure): string[] {
  if (summary === null) return [NO_DATA, NO_DATA, '0'];
  return [formatMetric(summary.mean, unit), half(summary.ci95, unit), String(summary.count)];
}

function half(ci95: number | null, unit: MetricUnit): string {
  if (ci95 === null) return NO_DATA;
  return `± ${unit === 'share' ? `${(ci95 * 100).toFixed(1)} pp` : formatMetric(ci95, unit)}`;
}

function againstCells({ against, unit }: ArmFigure, isBaseline: boolean): string[] {
  if (isBaseline || against === null) return ['', isBaseline ? 'baseline' : ''];
  const { difference, statement, note } = against;
  if (difference === null) return [NO_DATA, `${statement}: ${note}`];
  return [formatInterval(difference, unit), statement];
}

export const expectationColumns: readonly Column[] = [
  { head: 'expected' },
  { head: 'arm' },
  { head: 'outcome' },
  { head: 'measured, by repeat' },
];

const MEASURED_MAX = 6;

export function expectationRows({
  arms,
}: Experiment): { arm: ArmResult; one: ArmExpectation; cells: string[] }[] {
  return arms.flatMap((arm) =>
    arm.expectations.map((one) => {
      const shown = one.measured.slice(0, MEASURED_MAX).map((value) => formatMetric(value, one.unit));
      const more = one.measured.length > MEASURED_MAX ? `, … ${one.measured.length - MEASURED_MAX} more` : '';
      return { arm, one, cells: [one.text, arm.name, one.outcome, `${shown.join(', ')}${more}`] };
    }),
  );
}
