/** What terminal and Markdown say alike of a comparison. */
import { isOfGroup } from '../../experiment/compare-figures.ts';
import type {
  ComparedArm,
  ComparedFigure,
  ComparedSide,
  Comparison,
  Side,
} from '../../experiment/comparison.ts';
import { formatMetric, NO_DATA } from '../../units/format.ts';
import type { Column } from '../table.ts';
import { formatInterval, formatRelative } from './experiment-columns.ts';

/** `churn, 5 runs in virtual time, 2026-01-02T03:04:05.678Z, commit abc1234` */
export function describeSide({ scenario, commit, startedAt, runs, engine }: Side): string {
  const count = runs === 1 ? '1 run' : `${runs} runs`;
  const where = engine === 'virtual' ? ' in virtual time' : engine === 'both' ? ' on both engines' : '';
  return `${scenario}, ${count}${where}, ${startedAt}, commit ${commit ?? 'unknown'}`;
}

/** What a reader should know first: in which figures the other side is better, in which worse. */
export function headlineOf(other: ComparedSide, base: Side): string {
  return headlinesOf(other, base).join(' ');
}

/** The sentence of the key figures, then, if there are any, that of all others. */
export function headlinesOf({ side: { name }, arms }: ComparedSide, base: Side): string[] {
  const figures = arms.flatMap((arm) =>
    shownFigures(arm).map((figure) => ({ figure, arm: arms.length === 1 ? '' : ` in ${arm.name}` })),
  );
  if (figures.length === 0) return [`${name} and ${base.name} have no figure in common.`];
  const [key, others] = [true, false].map((isKey) => figures.filter(({ figure }) => figure.isKey === isKey));
  return [
    `${name} beside ${base.name}, of ${key!.length} key figures: ${verdictsOf(key!)}.`,
    ...(others!.length === 0 ? [] : [`Of ${others!.length} others: ${verdictsOf(others!)}.`]),
  ];
}

interface OfArm {
  readonly figure: ComparedFigure;
  /** ` in x` where there are several arms. */
  readonly arm: string;
}

function verdictsOf(figures: readonly OfArm[]): string {
  const parts = (['better', 'worse', 'higher', 'lower'] as const).flatMap((verdict) => {
    const own = figures.filter(({ figure }) => figure.verdict === verdict);
    if (own.length === 0) return [];
    const told = own.slice(0, TOLD_MAX).map(({ figure, arm }) => {
      const relative = formatRelative(figure.share, figure.unit);
      return `${figure.metric}${arm}${relative === '' ? '' : ` ${relative}`}`;
    });
    const more = own.length > TOLD_MAX ? `, and ${own.length - TOLD_MAX} more` : '';
    return [`${verdict} in ${own.length} (${told.join(', ')}${more})`];
  });
  const none = figures.filter(({ figure }) => figure.verdict === 'no difference shown').length;
  const unknown = figures.filter(({ figure }) => figure.verdict === 'inconclusive').length;
  const rest = [
    ...parts,
    ...(none > 0 ? [`no difference shown in ${none}`] : []),
    ...(unknown > 0 ? [`inconclusive in ${unknown}`] : []),
  ];
  return rest.join('; ');
}

const TOLD_MAX = 4;

export function comparisonColumns(arm: ComparedArm, other: ComparedSide, base: Side, head: string): Column[] {
  const right = (name: string) => ({ head: name, align: 'right' as const });
  const { name } = other.side;
  return [
    { head: head === '' ? arm.name : head },
    right(base.name),
    right(name),
    { head: `${name} − ${base.name}, 95 %`, rank: 0 },
    { head: 'that is', rank: 1 },
    { head: 'verdict' },
  ];
}

/** @param interval how the difference is written with its interval */
export function comparisonRow(
  figure: ComparedFigure,
  interval: typeof formatInterval = formatInterval,
): string[] {
  const { metric, unit, base, other, difference, share, verdict } = figure;
  const mean = (side: ComparedFigure['base']) => (side === null ? NO_DATA : formatMetric(side.mean, unit));
  return [
    metric,
    mean(base),
    mean(other),
    difference === null ? NO_DATA : interval(difference, unit),
    difference === null ? NO_DATA : formatRelative(share, unit),
    verdict,
  ];
}

/** Those that any of the two has, the key ones first. */
export function shownFigures({ figures }: ComparedArm): ComparedFigure[] {
  return figures.filter(({ base, other }) => base !== null || other !== null);
}

/** The tables of an arm: its key figures, then what else is known, each with what it is called. */
export function tablesOf(arm: ComparedArm): { readonly title: string; readonly figures: ComparedFigure[] }[] {
  const shown = shownFigures(arm);
  return [
    { title: '', figures: shown.filter(({ isKey }) => isKey) },
    {
      title: 'other figures',
      figures: shown.filter(({ isKey, metric }) => !isKey && !isOfGroup(metric)),
    },
    { title: 'figures of groups', figures: shown.filter(({ isKey, metric }) => !isKey && isOfGroup(metric)) },
  ].filter(({ figures }) => figures.length > 0);
}

/** Everything that a reader must know of one of the others. */
export function cautions(compared: ComparedSide, base: Side): string[] {
  const { side, warnings, arms, onlyBase, onlyOther } = compared;
  return [
    ...warnings,
    ...(onlyBase.length > 0 ? [`Only in ${base.name}: ${onlyBase.join('; ')}.`] : []),
    ...(onlyOther.length > 0 ? [`Only in ${side.name}: ${onlyOther.join('; ')}.`] : []),
    ...(arms.length === 0 ? ['No arm is in both: nothing can be compared.'] : []),
    ...inconclusiveNotes(arms),
  ];
}

/** Why figures are inconclusive: once where it is true of all, else with the figures that it is true of. */
function inconclusiveNotes(arms: readonly ComparedArm[]): string[] {
  const all = arms.flatMap((arm) =>
    shownFigures(arm).map(({ metric, note, verdict }) => ({
      arm: arm.name,
      metric,
      note: verdict === 'inconclusive' ? note : '',
    })),
  );
  const notes = [...new Set(all.map(({ note }) => note))].filter((note) => note !== '');
  return notes.flatMap((note) => {
    const of = all.filter((one) => one.note === note);
    if (of.length === all.length) return [`Inconclusive: ${note}.`];
    return [...new Set(of.map(({ arm }) => arm))].map((arm) => {
      const metrics = of.filter((one) => one.arm === arm).map(({ metric }) => metric);
      const where = arms.length === 1 ? '' : ` in ${arm}`;
      return `Inconclusive in ${metrics.join(', ')}${where}: ${note}.`;
    });
  });
}

/** How the intervals were made; empty: there is none. */
export function methodOf({ others, tested, testedOthers }: Comparison): string {
  const methods = new Set(
    others.flatMap(({ arms }) => arms.flatMap(({ figures }) => figures.map(({ method }) => method))),
  );
  const named = [
    ...(methods.has('paired-t')
      ? ['Student’s t of the differences by seed (paired, since the seeds are the same)']
      : []),
    ...(methods.has('welch-t') ? ['Welch’s t of the difference of the means'] : []),
  ];
  if (named.length === 0) return '';
  return (
    `Intervals: 95 %, ${named.join('; ')}. A verdict holds for all ${tested} key figures together (Holm)${testedOthers === 0 ? '' : `, that of another for all ${testedOthers} others`}. ` +
    '“No difference shown” is not “equal”.'
  );
}
