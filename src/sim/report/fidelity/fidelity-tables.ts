/** The fidelity of scenarios as tables: figure by figure for a terminal, a line each for a document. */
import {
  TOLERANCE_SHARE,
  type Fidelity,
  type FidelityArm,
  type FidelityFigure,
  type FidelityVerdict,
} from '../../fidelity/fidelity.ts';
import type { Repeated } from '../../analyse/statistics.ts';
import { formatMetric, formatPercent, NO_DATA } from '../../units/format.ts';
import type { Column } from '../table.ts';

const right = (head: string): Column => ({ head, align: 'right' });

export interface FidelityTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

/** A line for each figure of each arm. */
export function figureTable(all: readonly Fidelity[]): FidelityTable {
  return {
    columns: [
      { head: 'scenario' },
      { head: 'figure' },
      right('threads'),
      right('virtual'),
      right('difference'),
      { head: 'verdict' },
    ],
    rows: all.flatMap((fidelity) =>
      fidelity.arms.flatMap((arm) =>
        arm.figures.map((figure, at) => [
          at === 0 ? armTitle(fidelity, arm) : '',
          figure.metric,
          formatMetric(figure.threads?.mean ?? null, figure.unit),
          formatMetric(figure.virtual?.mean ?? null, figure.unit),
          formatFidelityDifference(figure),
          verdictWords[figure.verdict],
        ]),
      ),
    ),
  };
}

const HEADS: Readonly<Record<string, string>> = { 'completion.median': 'median completion' };

/** A line for each arm, with the figures that are judged. */
export function armTable(all: readonly Fidelity[]): FidelityTable {
  const judged = (arm: FidelityArm | undefined) =>
    (arm?.figures ?? []).filter(({ verdict }) => verdict !== 'told');
  const heads = judged(all[0]?.arms[0]).flatMap(({ metric }) => [
    right(`${HEADS[metric] ?? metric}, threads`),
    right('virtual'),
    right('difference'),
  ]);
  return {
    columns: [{ head: 'scenario' }, right('undisturbed runs'), ...heads, { head: 'verdict' }],
    rows: all.flatMap((fidelity) =>
      fidelity.arms.map((arm) => [
        armTitle(fidelity, arm),
        `${arm.undisturbed} of ${arm.pairs}`,
        ...judged(arm).flatMap((figure) => [
          ...[figure.threads, figure.virtual].map((one) => formatMetric(one?.mean ?? null, figure.unit)),
          formatFidelityDifference(figure),
        ]),
        verdictWords[arm.verdict],
      ]),
    ),
  };
}

/** `2 of 4 within 5 %, 1 differs, 1 limited by the host`. */
export function fidelityHeadline(all: readonly Fidelity[]): string {
  const verdicts = all.flatMap(({ arms }) => arms.map(({ verdict }) => verdict));
  const others = (['differs', 'unclear', 'host'] as const).flatMap((verdict) => {
    const count = verdicts.filter((one) => one === verdict).length;
    if (count === 0) return [];
    return [`${count} ${verdict === 'differs' && count > 1 ? 'differ' : verdictWords[verdict]}`];
  });
  const within = verdicts.filter((verdict) => verdict === 'within').length;
  return [`${within} of ${verdicts.length} ${WITHIN}`, ...others].join(', ');
}

/** Why what is not within the tolerance is not: a line for each arm and reason. */
export function fidelityReasons(all: readonly Fidelity[]): string[] {
  return all.flatMap((fidelity) =>
    fidelity.arms.flatMap((arm) => {
      const notes = [...new Set(arm.figures.map(({ note }) => note))].filter((note) => note !== '');
      return notes.map((note) => {
        const figures = arm.figures.filter((one) => one.note === note).map(({ metric }) => metric);
        return `${armTitle(fidelity, arm)}, ${figures.join(' and ')}: ${note}`;
      });
    }),
  );
}

const WITHIN = `within ${formatPercent(TOLERANCE_SHARE)}`;

export const fidelityExplanations = [
  'Difference: of virtual time from threads, the mean over pairs of the same plan, ± half its 95 % interval (Student’s t); of shares in percentage points (pp).',
  `Judged are completion.median and makespan: ${WITHIN} if the difference is and half its interval is no wider; else differs, or cannot be told where the interval is wider.`,
] as const;

const verdictWords: Readonly<Record<FidelityVerdict, string>> = {
  within: WITHIN,
  differs: 'differs',
  unclear: 'cannot be told',
  host: 'limited by the host',
  told: '',
};

function armTitle({ scenario, arms }: Fidelity, { name }: FidelityArm): string {
  return arms.length === 1 ? scenario.name : `${scenario.name}, ${name}`;
}

/** `-1.2 % ± 0.5 %`, `+0.3 pp ± 0.1 pp`. */
function formatFidelityDifference({ difference, unit }: FidelityFigure): string {
  if (difference === null) return NO_DATA;
  const sign = unit === 'share' ? ' pp' : ' %';
  const { mean, ci95 }: Repeated = difference;
  const text = (share: number): string => `${(share * 100).toFixed(1)}${sign}`;
  const size = text(Math.abs(mean));
  const shown = size === text(0) ? size : `${mean > 0 ? '+' : '-'}${size}`;
  return ci95 === null ? shown : `${shown} ± ${text(ci95)}`;
}
