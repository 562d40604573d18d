import { distributed } from '../../analyse/statistics.ts';
import type { Comparison } from '../../experiment/comparison.ts';
import type { ComparedResult } from '../../experiment/compared-results.ts';
import { hadToComplete } from '../../result/completion-times.ts';
import { formatDuration } from '../../units/format.ts';
import type { Chart } from '../shared/charts.ts';
import type { CompletionCurves, ComparisonCharts, RunCurve } from '../shared/comparison-charts.ts';
import { thinned } from './time-bins.ts';

const POINTS_MAX = 300;
/** More lines than these cannot be told apart. */
const RUNS_MAX = 20;

/** @param results of the runs of all sides, as far as they can still be read */
export function comparisonCharts(
  { base, others }: Comparison,
  results: readonly ComparedResult[],
): ComparisonCharts {
  const sides = [base, ...others.map(({ side }) => side)].map(({ name }) => name);
  const names = [...new Set(others.flatMap(({ arms }) => arms.map(({ name }) => name)))];
  // One arm alone on each side is compared with the other whatever their names.
  const isOfArm = ({ arm }: ComparedResult, name: string): boolean => names.length === 1 || arm === name;
  return {
    kind: 'comparison',
    sides,
    arms: names.map((name) => ({
      name,
      completion: curvesOf(
        sides,
        results.filter((one) => isOfArm(one, name)),
      ),
    })),
  };
}

function curvesOf(sides: readonly string[], results: readonly ComparedResult[]): Chart<CompletionCurves> {
  const curves = sides.flatMap((_, side) =>
    results
      .filter((one) => one.side === side)
      .slice(0, RUNS_MAX)
      .flatMap((one) => curveOf(one) ?? []),
  );
  if (curves.length === 0) {
    return { missing: 'No result.json of these runs can be read, or no peer of them had anything to get.' };
  }
  return {
    curves,
    endMs: Math.max(...curves.map(({ timesMs }) => timesMs.at(-1) ?? 0)),
    summary: sides.map((name, side) => sentenceOf(name, side, curves)).join(' '),
  };
}

function curveOf({ side, repeat, result: { peers } }: ComparedResult): RunCurve | undefined {
  const wanting = peers.filter(hadToComplete);
  if (wanting.length === 0) return undefined;
  const times = wanting.flatMap(({ completedMs }) => completedMs ?? []).sort((a, b) => a - b);
  const points = thinned(
    times.map((ms, at) => ({ ms, share: (at + 1) / wanting.length })),
    POINTS_MAX,
  );
  return {
    side,
    repeat,
    timesMs: points.map(({ ms }) => ms),
    shares: points.map(({ share }) => share),
  };
}

function sentenceOf(name: string, side: number, curves: readonly RunCurve[]): string {
  const own = curves.filter((curve) => curve.side === side);
  const last = own.flatMap(({ timesMs, shares }) => (shares.at(-1) === 1 ? timesMs.at(-1)! : []));
  const runs = own.length === 1 ? 'run' : 'runs';
  if (last.length === 0) return `${name}: all peers completed in none of ${own.length} ${runs}.`;
  const when = `all peers had completed after ${formatDuration(distributed(last)!.median)}`;
  return `${name}: ${when}${last.length === 1 ? '' : `, in the median of ${last.length} runs`}.`;
}
