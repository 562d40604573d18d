/** Completion, goodput, the tracker's news: lines and layers over time. */
import * as Plot from '@observablehq/plot';
import { formatDuration, formatRate } from '../../units/format.ts';
import type { CompletionChart, Departures, Layered, RunCharts } from '../shared/charts.ts';
import { layerColour, trackerColours } from '../shared/colours.ts';
import type { ChartView } from './chart.ts';
import { tableOf } from './elements.ts';
import {
  departureMarks,
  faultMarks,
  plot,
  rateUnit,
  stepsOf,
  timeAxis,
  timeUnit,
  topMargin,
  type Unit,
} from './scales.ts';

const HEIGHT = 290;
/** Each completion is a dot as long as dots can be told apart. */
const DOTS_MAX = 300;
/** Of more peers the axis has whole numbers by itself. */
const TICKS_MAX = 10;
/** What the text at a line takes. */
const ROOM_PX = 150;

export const completionView: ChartView<CompletionChart> = {
  draw({ timesMs, counts, peers, boundMs, makespanMs }, { endMs, faults }, width) {
    const unit = timeUnit(endMs);
    const points = timesMs.map((ms, at) => ({ x: ms / unit.size, y: counts[at]!, ms }));
    const line = [{ x: 0, y: 0 }, ...points, { x: endMs / unit.size, y: points.at(-1)?.y ?? 0 }];
    const rules = [
      ...(boundMs === null || boundMs > endMs
        ? []
        : [{ x: boundMs / unit.size, text: `lower bound ${formatDuration(boundMs)}` }]),
    ];
    const last =
      makespanMs === null
        ? []
        : [{ x: makespanMs / unit.size, text: `makespan ${formatDuration(makespanMs)}` }];
    // A text ends at its line, or begins there where the chart has no room before it.
    const isEarly = ({ x }: { x: number }): boolean => x * unit.size < endMs * (ROOM_PX / width);
    const label = {
      text: 'text',
      x: 'x',
      fill: 'var(--ink)',
      stroke: 'var(--panel)',
      strokeWidth: 4,
    } as const;
    return plot(width, HEIGHT, {
      marginTop: topMargin(faults),
      x: timeAxis(endMs, unit),
      y: peersAxis(peers),
      marks: [
        ...faultMarks({ endMs, faults }, unit, width),
        Plot.areaY(line, { x: 'x', y: 'y', curve: 'step-after', fill: 'var(--c0)', fillOpacity: 0.14 }),
        Plot.lineY(line, { x: 'x', y: 'y', curve: 'step-after', stroke: 'var(--c0)', strokeWidth: 2 }),
        Plot.ruleX(rules, {
          x: 'x',
          stroke: 'var(--c1)',
          strokeWidth: 1.5,
          strokeDasharray: '6,4',
          className: 'lower-bound',
        }),
        Plot.ruleX(last, { x: 'x', stroke: 'var(--ink)', strokeWidth: 1, className: 'makespan' }),
        Plot.dot(points.length <= DOTS_MAX ? points : [], {
          x: 'x',
          y: 'y',
          r: points.length > 60 ? 2 : 3,
          fill: 'var(--c0)',
          className: 'completions',
          title: ({ y, ms }: { y: number; ms: number }) => `${y} complete after ${formatDuration(ms)}`,
          tip: true,
        }),
        ...[
          { texts: rules, dy: 8 },
          { texts: last, dy: 26 },
        ].map(({ texts, dy }) =>
          Plot.text(texts, {
            ...label,
            frameAnchor: 'top',
            dy,
            ...(texts.some(isEarly) ? { dx: 5, textAnchor: 'start' } : { dx: -5, textAnchor: 'end' }),
          }),
        ),
        Plot.ruleY([0], { stroke: 'var(--soft)' }),
      ],
    });
  },
  table: ({ timesMs, counts }) =>
    tableOf(
      ['peers complete', 'after'],
      timesMs.map((ms, at) => [counts[at]!, formatDuration(ms)]),
    ),
};

/** There is no half of a peer. */
function peersAxis(peers: number): Plot.ScaleOptions {
  const ticks = Array.from({ length: peers + 1 }, (_, at) => at);
  return {
    domain: [0, peers],
    label: 'peers complete',
    grid: true,
    nice: true,
    ...(peers <= TICKS_MAX && { ticks, tickFormat: String }),
  };
}

export const goodputView: ChartView<Layered> = {
  draw(chart, page, width) {
    const most = largestSum(chart);
    const unit = rateUnit(most);
    return layers(chart, page, width, {
      unit,
      label: `goodput (${unit.name})`,
      colour: (name) => layerColour(name, page.groups),
      format: formatRate,
      departures: page.departures,
    });
  },
  table: (chart) => layerTable(chart, formatRate),
};

export const trackerView: ChartView<Layered> = {
  draw(chart, page, width) {
    const colours = new Map(trackerColours);
    return layers(chart, page, width, {
      unit: { name: '', size: 1 },
      label: 'messages a second',
      colour: (name) => colours.get(name)!,
      format: perSecond,
    });
  },
  table: (chart) => layerTable(chart, perSecond),
};

function perSecond(value: number): string {
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)}/s`;
}

interface LayerOptions {
  readonly unit: Unit;
  readonly label: string;
  readonly colour: (name: string) => string;
  readonly format: (value: number) => string;
  /** Absent: they are not marked. */
  readonly departures?: Departures;
}

function largestSum({ bins, layers: all }: Layered): number {
  const sums = Array.from({ length: bins.count }, (_, at) =>
    all.reduce((sum, { values }) => sum + values[at]!, 0),
  );
  return Math.max(...sums);
}

/** Layers on one another, with a tip that tells all of a step. */
function layers(
  { bins, layers: all }: Layered,
  { endMs, faults }: RunCharts,
  width: number,
  { unit, label, colour, format, departures }: LayerOptions,
): Element {
  const time = timeUnit(endMs);
  const steps = stepsOf(bins, time);
  const cells = all.flatMap(({ name, values }) =>
    steps.map(({ from, to }, at) => ({ name, from, to, value: values[at]! / unit.size })),
  );
  const told = steps.map(({ from, to }, at) => ({
    x: (from + to) / 2,
    text: [
      formatDuration(from * time.size),
      ...all
        .filter(({ values }) => values[at]! > 0)
        .map(({ name, values }) => `${name}: ${format(values[at]!)}`),
    ].join('\n'),
  }));
  const marginTop = topMargin(faults, departures);
  return plot(width, HEIGHT, {
    marginTop,
    x: timeAxis(endMs, time),
    y: { label, grid: true, nice: true },
    marks: [
      ...faultMarks({ endMs, faults }, time, width, departures),
      Plot.rectY(
        cells,
        Plot.stackY({
          x1: 'from',
          x2: 'to',
          y: 'value',
          fill: ({ name }: { name: string }) => colour(name),
          insetLeft: 0,
          insetRight: -0.3,
          className: 'layers',
        }),
      ),
      ...(departures === undefined ? [] : departureMarks(departures, time, HEIGHT, marginTop)),
      Plot.ruleX(told, Plot.pointerX({ x: 'x', stroke: 'var(--soft)' })),
      Plot.tip(told, Plot.pointerX({ x: 'x', title: 'text', frameAnchor: 'top-left' })),
      Plot.ruleY([0], { stroke: 'var(--soft)' }),
    ],
  });
}

export function layerTable({ bins, layers: all }: Layered, format: (value: number) => string): HTMLElement {
  return tableOf(
    ['from', ...all.map(({ name }) => name)],
    Array.from({ length: bins.count }, (_, at) => [
      formatDuration(at * bins.stepMs),
      ...all.map(({ values }) => format(values[at]!)),
    ]),
  );
}
