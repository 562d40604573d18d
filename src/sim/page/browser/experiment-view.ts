/** One figure against what was swept: means with intervals, each run a link to its page; a small chart for each facet. */
import * as Plot from '@observablehq/plot';
import { formatMetric } from '../../units/format.ts';
import type { MetricUnit } from '../../units/metric-unit.ts';
import type { ArmPoint, ExperimentCharts, MetricChart, RunPoint } from '../shared/experiment-charts.ts';
import { closeUp } from '../shared/value-axis.ts';
import { chooser, element, tableOf, tickBox } from './elements.ts';
import { widthOf } from './paper.ts';
import { clipped, plot, rateUnit, timeUnit, type Unit } from './scales.ts';

const HEIGHT = 340;
const FACET_WIDTH_MIN = 300;
const FACET_HEIGHT = 240;

/** Puts the figure into its place; what is returned draws it again. */
export function showExperiment(figure: HTMLElement, charts: ExperimentCharts): () => void {
  const place = figure.querySelector<HTMLElement>('.plot')!;
  const told = figure.querySelector<HTMLElement>('figcaption p')!;
  const details = figure.querySelector('details')!;
  const fromZero = tickBox('Axis from 0', (ticked) => {
    isFromZero = ticked;
    draw();
  });
  let chosen = charts.metrics[0];
  let isFromZero = false;
  const draw = (): void => {
    if (chosen === undefined) return;
    const near = closeUp(valuesOf(chosen));
    const domain = isFromZero ? undefined : near;
    fromZero.hidden = near === undefined;
    told.textContent = chosen.summary + (domain === undefined ? '' : ' The axis does not begin at 0.');
    place.replaceChildren(...drawMetric(chosen, charts, { width: Math.max(280, widthOf(place)), domain }));
    if (details.open) showTable();
  };
  const showTable = (): void => {
    details.querySelector('.scroll')?.remove();
    if (chosen !== undefined) details.append(metricTable(chosen));
  };
  details.addEventListener('toggle', showTable);
  if (charts.metrics.length > 1) {
    const list = chooser(
      'Figure',
      charts.metrics.map(({ metric }) => ({ value: metric, text: metric })),
      (value) => {
        chosen = charts.metrics.find(({ metric }) => metric === value);
        draw();
      },
    );
    figure.querySelector('.controls')!.append(list);
  }
  figure.querySelector('.controls')!.append(fromZero);
  return draw;
}

/** All that stands in the chart of a figure, in every facet of it. */
function valuesOf({ points, runs, baseline }: MetricChart): number[] {
  const means = baseline === null ? points : [...points, baseline];
  return [
    ...means.flatMap(({ mean, low, high }) => [mean, Math.max(0, low ?? mean), high ?? mean]),
    ...runs.map(({ value }) => value),
  ];
}

/** In the unit of the figure. */
type Domain = readonly [number, number];

interface Size {
  readonly width: number;
  /** undefined: from 0. */
  readonly domain: Domain | undefined;
}

function metricTable({ points, unit }: MetricChart): HTMLElement {
  return tableOf(
    ['arm', 'mean', '95 % from', 'to', 'runs'],
    points.map(({ arm, mean, low, high, runs }) => [
      arm,
      formatMetric(mean, unit),
      formatMetric(low, unit),
      formatMetric(high, unit),
      runs,
    ]),
  );
}

function drawMetric(chart: MetricChart, charts: ExperimentCharts, { width, domain }: Size): Element[] {
  const columns =
    charts.facets.length === 1 ? 1 : Math.max(1, Math.min(3, Math.floor(width / FACET_WIDTH_MIN)));
  const grid = document.createElement('div');
  grid.className = 'facets';
  grid.style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
  const own = Math.floor((width - 16 * (columns - 1)) / columns);
  charts.facets.forEach((name, facet) => {
    const title = name === '' ? [] : [element('p', { class: 'facet' }, name)];
    grid.append(element('div', {}, ...title, drawFacet(chart, charts, facet, { width: own, domain })));
  });
  return [grid];
}

function unitOf(unit: MetricUnit, most: number): Unit {
  if (unit === 'ms') return timeUnit(most);
  if (unit === 'bytes/s') return rateUnit(most);
  if (unit === 'share') return { name: '%', size: 0.01 };
  if (unit === 'bytes')
    return most >= 1024 ** 2 ? { name: 'MiB', size: 1024 ** 2 } : { name: 'KiB', size: 1024 };
  return { name: '', size: 1 };
}

function drawFacet(
  chart: MetricChart,
  charts: ExperimentCharts,
  facet: number,
  { width, domain }: Size,
): Element {
  const { metric, unit: metricUnit } = chart;
  const { values, name, isNumeric } = charts.x;
  const most = Math.max(...valuesOf(chart));
  const unit = unitOf(metricUnit, most);
  const [from, to] = domain ?? [0, most];
  const what = unit.name === '' ? metric : `${metric} (${unit.name})`;
  const isMany = charts.facets.length > 1;
  const signs = Math.max(3, Math.floor((width / Math.max(1, values.length) - 8) / 6.6));
  const points = chart.points.filter((point) => point.facet === facet).sort((a, b) => a.x - b.x);
  return plot(width, isMany ? FACET_HEIGHT : HEIGHT, {
    marginLeft: 58,
    x: {
      type: 'point',
      domain: values,
      padding: 0.4,
      label: name,
      labelAnchor: 'right',
      tickFormat: (value: string) => clipped(value, signs),
    },
    y: {
      domain: [from / unit.size, to / unit.size],
      nice: true,
      grid: true,
      label: domain === undefined ? what : `${what}, not from 0`,
    },
    marks: [
      ...baselineMarks(chart, unit),
      ...(isNumeric && points.length > 1
        ? bandMarks(points, values, unit)
        : intervalMarks(points, values, unit)),
      Plot.dot(points, {
        x: ({ x }: ArmPoint) => values[x],
        y: ({ mean }: ArmPoint) => mean / unit.size,
        r: 5,
        fill: 'var(--c0)',
        stroke: 'var(--panel)',
        className: 'means',
      }),
      runMarks(chart, facet, values, unit),
      ...(domain === undefined ? [Plot.ruleY([0], { stroke: 'var(--soft)', className: 'zero' })] : []),
    ],
  });
}

/** Each run a ring beside the mean of its arm, and a link to its page. */
function runMarks(
  { runs, unit: metricUnit }: MetricChart,
  facet: number,
  values: readonly string[],
  unit: Unit,
): Plot.Markish {
  return Plot.dot(
    runs.filter((run) => run.facet === facet),
    {
      x: ({ x }: RunPoint) => values[x],
      y: ({ value }: RunPoint) => value / unit.size,
      dx: 9,
      r: 3.5,
      stroke: ({ outcome }: RunPoint) => (outcome === 'pass' ? 'var(--c0)' : 'var(--bad)'),
      fill: 'var(--panel)',
      href: 'link',
      ariaLabel: ({ arm, repeat, value }: RunPoint) =>
        `${arm}, run ${repeat}: ${formatMetric(value, metricUnit)}`,
      title: ({ arm, repeat, value, outcome }: RunPoint) =>
        `${arm}, run ${repeat}: ${formatMetric(value, metricUnit)}, ${outcome}; opens its page`,
      className: 'runs',
    },
  );
}

interface Interval {
  readonly x: string;
  readonly low: number;
  readonly high: number;
}

function intervalsOf(points: readonly ArmPoint[], values: readonly string[], unit: Unit): Interval[] {
  return points.flatMap(({ x, low, high }) =>
    low === null || high === null
      ? []
      : [{ x: values[x]!, low: Math.max(0, low / unit.size), high: high / unit.size }],
  );
}

function bandMarks(points: readonly ArmPoint[], values: readonly string[], unit: Unit): Plot.Markish[] {
  return [
    Plot.areaY(intervalsOf(points, values, unit), {
      x: 'x',
      y1: 'low',
      y2: 'high',
      fill: 'var(--c0)',
      fillOpacity: 0.15,
      className: 'band',
    }),
    Plot.lineY(points, {
      x: ({ x }: ArmPoint) => values[x],
      y: ({ mean }: ArmPoint) => mean / unit.size,
      stroke: 'var(--c0)',
      strokeWidth: 2,
      className: 'line',
    }),
  ];
}

function intervalMarks(points: readonly ArmPoint[], values: readonly string[], unit: Unit): Plot.Markish[] {
  return [
    Plot.ruleX(intervalsOf(points, values, unit), {
      x: 'x',
      y1: 'low',
      y2: 'high',
      stroke: 'var(--c0)',
      strokeWidth: 2,
      className: 'intervals',
    }),
  ];
}

function baselineMarks({ baseline }: MetricChart, unit: Unit): Plot.Markish[] {
  if (baseline === null) return [];
  const { mean, low, high } = baseline;
  return [
    ...(low === null || high === null
      ? []
      : [
          Plot.rectY([0], {
            y1: Math.max(0, low / unit.size),
            y2: high / unit.size,
            fill: 'var(--c1)',
            fillOpacity: 0.12,
          }),
        ]),
    Plot.ruleY([mean / unit.size], {
      stroke: 'var(--c1)',
      strokeWidth: 1.5,
      strokeDasharray: '6,4',
      className: 'baseline',
    }),
    Plot.text(['baseline'], {
      y: () => mean / unit.size,
      frameAnchor: 'right',
      textAnchor: 'end',
      dy: -8,
      fill: 'var(--ink)',
      stroke: 'var(--panel)',
      strokeWidth: 4,
    }),
  ];
}
