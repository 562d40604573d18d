/** What terminal and Markdown say alike of an experiment. */
import type {
  Against,
  ArmExpectation,
  ArmFigure,
  ArmResult,
  Experiment,
  ExperimentRun,
  Statement,
} from '../../experiment/experiment.ts';
import type { MetricUnit } from '../../units/metric-unit.ts';
import { formatMetric, NO_DATA } from '../../units/format.ts';
import type { Column } from '../table.ts';

/** With its sign. Of shares in percentage points, so that it is not taken for a share of the figure. */
function formatDifference(value: number, unit: MetricUnit): string {
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

/** `+1.20 s ± 0.8 s`: the same where the interval is symmetric and there is little room. */
export function formatPlusMinus(
  { estimate, high }: NonNullable<Against['difference']>,
  unit: MetricUnit,
): string {
  return `${formatDifference(estimate, unit)} ${half(high - estimate, unit)}`;
}

/** `2.7 × slower`, `12 % faster`, `1.5 × as much`; of a share of the baseline's mean. Empty: none can be told. */
export function formatRelative(share: number | null, unit: MetricUnit): string {
  if (share === null || share <= -1) return '';
  const ratio = 1 + share;
  const [more, less] = unit === 'ms' ? ['slower', 'faster'] : ['more', 'less'];
  const word = ratio > 1 ? more : less;
  const factor = ratio > 1 ? ratio : 1 / ratio;
  if (factor >= 1.5) return `${factor < 9.95 ? factor.toFixed(1) : Math.round(factor)} × ${word}`;
  const percent = Math.round(Math.abs(share) * 100);
  return percent === 0 ? 'the same' : `${percent} % ${word}`;
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
export function doubts({ runs, verdict, arms, ending, repeats, baseline, precision }: Experiment): string[] {
  const of = (level: ExperimentRun['trust']) => runs.filter(({ trust }) => trust === level).length;
  const [doubtful, untrusted] = [of('doubtful'), of('untrusted')];
  const compared = baseline !== null && arms.length > 1;
  return [
    ...(untrusted > 0
      ? [
          `${untrusted} of ${runs.length} runs are untrusted, the first since ${verdict.cause}. Remedy: ${verdict.remedy}.`,
        ]
      : []),
    ...(ending === 'interrupted'
      ? ['The run was stopped. The report covers only what was measured until then.']
      : []),
    ...(ending === 'failed'
      ? ['A run could not be carried out. The report covers only what was measured before it.']
      : []),
    ...(doubtful > 0
      ? [
          `${doubtful} of ${runs.length} runs are doubtful: the machine may have decided their figures. Their reports say why.`,
        ]
      : []),
    ...precisionDoubts(precision, ending),
    ...(arms.length > 1 && repeats === 1
      ? [
          'One run of each arm shows no scatter, so the arms cannot be compared. Repeat each at least 3 times.',
        ]
      : []),
    ...(compared && repeats === 2
      ? [
          'Two runs of each arm show little of the scatter, so intervals are very wide. Repeat each at least 3 times.',
        ]
      : []),
  ];
}

function precisionDoubts(precision: Experiment['precision'], ending: Experiment['ending']): string[] {
  if (precision === undefined || ending !== 'completed') return [];
  const { metric, share, reachedShare, most } = precision;
  const asked = `The goal was to know ${metric} within ${formatMetric(share, 'share')} in every arm`;
  if (reachedShare === null) return [`${asked}, but an arm has no interval of it.`];
  if (reachedShare <= share) return [];
  return [`${asked}. After ${most} runs of each it is known within ${formatMetric(reachedShare, 'share')}.`];
}

const SCATTER = '± is half the 95 % confidence interval of the mean (Student’s t).';
const DIFFERENCE = '[ ] is the 95 % interval of the difference from the baseline (Welch).';
const STATEMENTS =
  '“better” and “worse” hold for all arms of a metric together (Holm); “no difference shown” is not “equal”.';
const FEWER_RUNS =
  'Where n is below the number of runs, the others have no such figure, for example no makespan.';

/** How the tables are to be read. Without a baseline nothing is compared. */
export function explanationsOf({ repeats, arms, baseline }: Experiment): readonly string[] {
  const isOfOneRun = repeats === 1 && arms.length > 1;
  if (baseline === null) return isOfOneRun ? [] : [SCATTER, FEWER_RUNS];
  if (isOfOneRun) return [`In brackets: beside ${baseline}, of one run each.`];
  return [`${SCATTER} ${DIFFERENCE}`, STATEMENTS, FEWER_RUNS];
}

/** The figures of one metric, arm by arm. */
export interface MetricTable {
  readonly metric: string;
  readonly columns: readonly Column[];
  readonly rows: readonly { readonly cells: readonly string[]; readonly statement: Statement | null }[];
}

/**
 * A table for each metric that any arm has; of an experiment of one arm a single one, with a row for each metric, and of
 * one run an arm a single one, with a row for each arm.
 */
export function metricTables({ arms, baseline, repeats }: Experiment): MetricTable[] {
  const paths = [...new Set(arms.flatMap(({ figures }) => figures.map(({ metric }) => metric)))];
  if (arms.length === 1) {
    const rows = arms[0]!.figures.flatMap((figure) =>
      figure.summary === null ? [] : [{ cells: [figure.metric, ...summaryCells(figure)], statement: null }],
    );
    return [{ metric: '', columns: [{ head: 'metric' }, ...summaryColumns], rows }];
  }
  if (repeats === 1) return [matrixOf(arms, baseline, paths)];
  return paths.flatMap((metric) => {
    const figures = arms.map((arm) => ({ arm, figure: arm.figures.find((one) => one.metric === metric)! }));
    if (figures.every(({ figure }) => figure.summary === null)) return [];
    const head = [{ head: metric }, right('mean'), { ...right('95 %'), rank: 3 }, { ...right('n'), rank: 4 }];
    const against = [
      { head: `against ${baseline ?? ''}`, rank: 2 },
      { head: 'that is', rank: 1 },
      { head: 'says', wraps: true },
    ];
    return {
      metric,
      columns: baseline === null ? head : [...head, ...against],
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

/** Of one run an arm: each value, and beside it how it compares with the baseline's, of which nothing is said. */
function matrixOf(
  arms: readonly ArmResult[],
  baseline: string | null,
  paths: readonly string[],
): MetricTable {
  const figureOf = (arm: ArmResult | undefined, metric: string): ArmFigure | undefined =>
    arm?.figures.find((one) => one.metric === metric);
  const base = arms.find(({ name }) => name === baseline);
  const metrics = paths.filter((metric) =>
    arms.some((arm) => (figureOf(arm, metric)?.summary ?? null) !== null),
  );
  return {
    metric: MATRIX,
    columns: [{ head: 'one run each' }, ...metrics.map(right)],
    rows: arms.map((arm) => ({
      cells: [
        arm.name,
        ...metrics.map((metric) => {
          const value = figureOf(arm, metric)?.summary?.mean ?? null;
          const than = figureOf(base, metric)?.summary?.mean ?? null;
          const unit = figureOf(arm, metric)?.unit ?? 'number';
          const isCompared = arm !== base && value !== null && than !== null && than > 0;
          const relative = isCompared ? formatRelative(value / than - 1, unit) : '';
          return `${formatMetric(value, unit)}${relative === '' ? '' : ` (${relative})`}`;
        }),
      ],
      statement: null,
    })),
  };
}

/** Instead of a metric's name, of the table that has several. */
export const MATRIX = 'one run each';

const right = (head: string): Column => ({ head, align: 'right' });
const summaryColumns = ['mean', '95 %', 'sd', 'min', 'max', 'n'].map((head, rank) =>
  rank < 2 ? right(head) : { ...right(head), rank },
);

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
  if (isBaseline || against === null) return ['', '', isBaseline ? 'baseline' : ''];
  const { difference, statement, note } = against;
  if (difference === null) return [NO_DATA, NO_DATA, `${statement}: ${note}`];
  return [formatInterval(difference, unit), formatRelative(against.share, unit), statement];
}

export const expectationColumns: readonly Column[] = [
  { head: 'expected', wraps: true },
  { head: 'arm' },
  { head: 'outcome' },
  { head: 'measured, by repeat', wraps: true },
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
