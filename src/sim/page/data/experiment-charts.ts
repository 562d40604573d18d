/** Figures of an experiment against what was swept. */
import type { ArmFigure, ArmResult, Experiment } from '../../experiment/experiment.ts';
import { formatMetric } from '../../units/format.ts';
import type { ArmPoint, Axis, ExperimentCharts, MetricChart } from '../shared/experiment-charts.ts';

/** Where an arm stands in the charts. */
interface Place {
  readonly x: number;
  readonly facet: number;
}

export function experimentCharts(experiment: Experiment): ExperimentCharts {
  const { arms } = experiment;
  const cells = cellsOf(experiment);
  const names = freeParameters(cells);
  const x = axisOf(cells, names[0]);
  const facetOf = (arm: ArmResult): string =>
    names
      .slice(1)
      .map((name) => `${name} = ${String(arm.parameters[name])}`)
      .join(', ');
  const facets = [...new Set(cells.map(facetOf))];
  const xOf = (arm: ArmResult): string =>
    names[0] === undefined ? arm.name : String(arm.parameters[names[0]]);
  const places = new Map(
    cells.map((arm) => [arm.name, { x: x.values.indexOf(xOf(arm)), facet: facets.indexOf(facetOf(arm)) }]),
  );
  const metrics = [...new Set(arms.flatMap(({ figures }) => figures.map(({ metric }) => metric)))];
  return {
    kind: 'experiment',
    x,
    facets,
    metrics: metrics.flatMap((metric) => metricChart(experiment, metric, places) ?? []),
  };
}

/** All arms, but for a baseline that says nothing of what was swept. */
function cellsOf({ arms, baseline }: Experiment): readonly ArmResult[] {
  const swept = arms.filter(({ name }) => name !== baseline);
  const names = new Set(swept.flatMap(({ parameters }) => Object.keys(parameters)));
  const saysAll = ({ parameters }: ArmResult): boolean => [...names].every((name) => name in parameters);
  return swept.length === 0 ? arms : arms.filter((arm) => arm.name !== baseline || saysAll(arm));
}

/**
 * Parameters that differ between arms, without those that others decide: what a scenario changes together is one
 * parameter.
 */
function freeParameters(arms: readonly ArmResult[]): string[] {
  const names = [...new Set(arms.flatMap(({ parameters }) => Object.keys(parameters)))];
  const keyOf = (arm: ArmResult, of: readonly string[]): string =>
    JSON.stringify(of.map((name) => arm.parameters[name]));
  const free: string[] = [];
  for (const name of names) {
    const cells = (of: readonly string[]): number => new Set(arms.map((arm) => keyOf(arm, of))).size;
    if (cells([...free, name]) > cells(free)) free.push(name);
  }
  return free;
}

function axisOf(arms: readonly ArmResult[], name: string | undefined): Axis {
  const values = [
    ...new Set(arms.map((arm) => (name === undefined ? arm.name : String(arm.parameters[name])))),
  ];
  return {
    name: name ?? 'arm',
    values,
    isNumeric: name !== undefined && values.every((value) => /^\d/.test(value)),
  };
}

function metricChart(
  { arms, runs, baseline }: Experiment,
  metric: string,
  places: ReadonlyMap<string, Place>,
): MetricChart | undefined {
  const figureOf = (arm: ArmResult | undefined) => arm?.figures.find((figure) => figure.metric === metric);
  const any = arms.map(figureOf).find((figure) => figure !== undefined);
  if (any === undefined || arms.every((arm) => (figureOf(arm)?.summary ?? null) === null)) return undefined;
  const points = arms.flatMap((arm): ArmPoint[] => {
    const place = places.get(arm.name);
    const summary = figureOf(arm)?.summary ?? null;
    if (place === undefined || summary === null) return [];
    return [{ ...place, arm: arm.name, runs: summary.count, ...intervalOf(summary) }];
  });
  const base = arms.find(({ name }) => name === baseline);
  const baseSummary = figureOf(base)?.summary ?? null;
  return {
    metric,
    unit: any.unit,
    points,
    runs: runs.flatMap(({ arm, repeat, outcome, folder, figures }) => {
      const place = places.get(arm);
      const value = figures[metric] ?? null;
      if (place === undefined || value === null) return [];
      return [{ ...place, value, arm, repeat, outcome, link: `${encodeURI(folder)}/report.html` }];
    }),
    baseline: baseSummary === null ? null : intervalOf(baseSummary),
    summary: summaryOf(any, points),
  };
}

function intervalOf({ mean, ci95 }: { readonly mean: number; readonly ci95: number | null }): {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
} {
  return { mean, low: ci95 === null ? null : mean - ci95, high: ci95 === null ? null : mean + ci95 };
}

function summaryOf({ metric, unit, better }: ArmFigure, points: readonly ArmPoint[]): string {
  const sorted = points.toSorted((a, b) => a.mean - b.mean);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) return `Only the baseline has ${metric}.`;
  const which = better === 'neither' ? '' : ` ${better === 'lower' ? 'Lower' : 'Higher'} is better.`;
  if (least === most) return `${metric} is ${formatMetric(least.mean, unit)} on average.${which}`;
  return (
    `The mean of ${metric} goes from ${formatMetric(least.mean, unit)} (${least.arm}) to ` +
    `${formatMetric(most.mean, unit)} (${most.arm}).${which}`
  );
}
