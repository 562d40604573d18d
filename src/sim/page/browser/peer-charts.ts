/** A lane for each peer, and who was last. */
import * as Plot from '@observablehq/plot';
import { formatDuration, formatRate } from '../../units/format.ts';
import type { Lane, LaneChart, RunCharts, SlowestChart } from '../shared/charts.ts';
import { colourOf, slowestColours } from '../shared/colours.ts';
import type { ChartView } from './chart.ts';
import { runsOf } from './chunk-charts.ts';
import { chooser, element, tableOf } from './elements.ts';
import { faultMarks, plot, timeAxis, timeUnit, type Unit } from './scales.ts';

const LANE_HEIGHT = 20;
const LANES_AT_FIRST = 24;

/** Levels of a rate that can be told apart. */
const LEVELS = 12;

const orders = {
  slowest: { text: 'slowest first', by: (a: Lane, b: Lane) => lateness(b) - lateness(a) },
  plan: { text: 'as in the plan', by: () => 0 },
  name: { text: 'by name', by: (a: Lane, b: Lane) => a.name.localeCompare(b.name, 'en', { numeric: true }) },
} as const;

function lateness({ hadAll, completedMs }: Lane): number {
  return hadAll ? -1 : (completedMs ?? Number.MAX_VALUE);
}

interface Shown {
  order: keyof typeof orders;
  all: boolean;
}
const shown: Shown = { order: 'slowest', all: false };

export const lanesView: ChartView<LaneChart> = {
  controls(chart, _, redraw) {
    const list = chooser(
      'Order',
      Object.entries(orders).map(([value, { text }]) => ({ value, text })),
      (value) => {
        shown.order = value as keyof typeof orders;
        redraw();
      },
    );
    if (chart.lanes.length <= LANES_AT_FIRST) return [list];
    const more = element('button', { type: 'button' }, `Show all ${chart.lanes.length} lanes`);
    more.addEventListener('click', () => {
      shown.all = !shown.all;
      more.textContent = shown.all ? `Show ${LANES_AT_FIRST} lanes` : `Show all ${chart.lanes.length} lanes`;
      redraw();
    });
    return [list, more];
  },
  draw(chart, page, width) {
    const lanes = chart.lanes
      .toSorted(orders[shown.order].by)
      .slice(0, shown.all ? chart.lanes.length : LANES_AT_FIRST);
    return [laneLegend(chart, page), drawLanes(lanes, chart, page, width)];
  },
  table: ({ lanes }) =>
    tableOf(
      ['peer', 'joined', 'completed', 'ended'],
      lanes.map(({ name, stays, completedMs, hadAll }) => [
        name,
        formatDuration(stays[0]?.fromMs ?? null),
        hadAll ? 'had all' : formatDuration(completedMs),
        stays.length === 0
          ? 'never came'
          : stays.map(({ end, toMs }) => `${end} ${formatDuration(toMs)}`).join(', '),
      ]),
    ),
};

function laneLegend({ rateMax }: LaneChart, { groups }: RunCharts): HTMLElement {
  const entry = (colour: string, text: string): HTMLElement =>
    element('li', {}, element('span', { style: `background:${colour}` }), text);
  return element(
    'ul',
    { class: 'legend' },
    entry('var(--c0)', `upper half: download, full colour at ${formatRate(rateMax)}`),
    entry('var(--c1)', 'lower half: upload, the same scale'),
    element('li', {}, '● complete  ✕ crashed  ◁ left'),
    ...(groups.length > 1 ? [element('li', {}, 'the strip at the left has the colour of the group')] : []),
  );
}

function drawLanes(lanes: readonly Lane[], chart: LaneChart, page: RunCharts, width: number): Element {
  const unit = timeUnit(page.endMs);
  const longest = Math.max(...lanes.map(({ name }) => name.length));
  const signs = Math.min(longest, width < 500 ? 12 : 26);
  const marginLeft = 22 + signs * 6.6;
  const nameOf = (name: string): string => (name.length > signs ? `…${name.slice(1 - signs)}` : name);
  const stays = lanes.flatMap(({ stays: own }, at) =>
    own.map(({ fromMs, toMs }) => ({ at, from: fromMs / unit.size, to: toMs / unit.size })),
  );
  const strips = lanes.map(({ group }, at) => ({ at, colour: colourOf(group, page.groups.length) }));
  const stepMs = chart.bins.stepMs / unit.size;
  const tips = lanes.map((lane, at) => ({ at, text: tellLane(lane) }));
  return plot(width, lanes.length * LANE_HEIGHT + 66, {
    marginLeft,
    marginTop: 26,
    x: timeAxis(page.endMs, unit),
    y: { domain: [0, lanes.length], reverse: true, axis: null },
    marks: [
      Plot.axisY(
        lanes.map((_, at) => at + 0.5),
        {
          tickFormat: (y: number) => nameOf(lanes[Math.floor(y)]!.name),
          tickSize: 0,
          label: null,
          dx: -6,
        },
      ),
      Plot.rect(stays, {
        x1: 'from',
        x2: 'to',
        y1: ({ at }: At) => at + 0.08,
        y2: ({ at }: At) => at + 0.92,
        fill: 'var(--grid)',
        className: 'stays',
      }),
      ...rateMarks(lanes, stepMs),
      ...faultMarks(page, unit, width),
      Plot.rect(strips, {
        x1: 0,
        x2: 0,
        y1: ({ at }: At) => at + 0.08,
        y2: ({ at }: At) => at + 0.92,
        insetLeft: -5,
        insetRight: 1,
        fill: 'colour',
        className: 'groups',
      }),
      ...endMarks(lanes, unit),
      Plot.tip(
        tips,
        Plot.pointerY({ x: () => 0, y: ({ at }: At) => at + 0.5, title: 'text', anchor: 'left' }),
      ),
    ],
  });
}

interface At {
  readonly at: number;
}

function rateMarks(lanes: readonly Lane[], step: number): Plot.Markish[] {
  return (['down', 'up'] as const).map((direction) => {
    const half = direction === 'down' ? 0.08 : 0.5;
    const cells = lanes.flatMap((lane, at) =>
      runsOf(lane[direction].map((value) => Math.ceil((value * LEVELS) / 255)))
        .filter(({ value }) => value > 0)
        .map(({ from, to, value }) => ({
          at,
          from: from * step,
          to: (to + 1) * step,
          value: value / LEVELS,
        })),
    );
    return Plot.rect(cells, {
      x1: 'from',
      x2: 'to',
      y1: ({ at }: At) => at + half,
      y2: ({ at }: At) => at + half + 0.42,
      fill: direction === 'down' ? 'var(--c0)' : 'var(--c1)',
      fillOpacity: 'value',
      className: direction === 'down' ? 'download' : 'upload',
    });
  });
}

/** Opacities are what they say. */
function endMarks(lanes: readonly Lane[], unit: Unit): Plot.Markish[] {
  const at = (ms: number, lane: number): { x: number; at: number } => ({ x: ms / unit.size, at: lane });
  const complete = lanes.flatMap(({ completedMs, hadAll }, lane) =>
    completedMs === null || hadAll ? [] : [at(completedMs, lane)],
  );
  const ends = (how: 'left' | 'crashed') =>
    lanes.flatMap(({ stays }, lane) =>
      stays.filter(({ end }) => end === how).map(({ toMs }) => at(toMs, lane)),
    );
  const sign = { x: 'x', y: ({ at: lane }: At) => lane + 0.5 };
  return [
    Plot.dot(complete, {
      ...sign,
      r: 4.5,
      fill: 'var(--good)',
      stroke: 'var(--panel)',
      className: 'complete',
    }),
    Plot.dot(ends('crashed'), {
      ...sign,
      symbol: 'times',
      r: 5,
      stroke: 'var(--bad)',
      strokeWidth: 2.5,
      className: 'crashed',
    }),
    Plot.text(ends('left'), {
      ...sign,
      text: () => '◁',
      fill: 'var(--ink)',
      fontSize: 14,
      className: 'left',
    }),
  ];
}

function tellLane({ name, stays, completedMs, hadAll }: Lane): string {
  const came = stays.length === 0 ? 'never came' : `joined after ${formatDuration(stays[0]!.fromMs)}`;
  const end = stays.at(-1)?.end;
  return [
    `${name}: ${came}`,
    hadAll
      ? 'had everything'
      : completedMs === null
        ? 'did not complete'
        : `complete after ${formatDuration(completedMs)}`,
    ...(end === 'left' || end === 'crashed' ? [`${end} after ${formatDuration(stays.at(-1)!.toMs)}`] : []),
  ].join('\n');
}

export const slowestView: ChartView<SlowestChart> = {
  draw({ pieces }, page, width) {
    const unit = timeUnit(page.endMs);
    const colours = new Map(slowestColours);
    return plot(width, 96, {
      marginTop: 24,
      marginLeft: 16,
      x: timeAxis(page.endMs, unit),
      y: { axis: null, domain: [0, 1] },
      marks: [
        Plot.rect(pieces, {
          x1: ({ fromMs }: Piece) => fromMs / unit.size,
          x2: ({ toMs }: Piece) => toMs / unit.size,
          y1: 0,
          y2: 1,
          fill: ({ state }: Piece) => colours.get(state)!,
          className: 'states',
          title: ({ fromMs, toMs, state }: Piece) =>
            `${state}\n${formatDuration(fromMs)} to ${formatDuration(toMs)}`,
          tip: 'x',
        }),
        ...faultMarks(page, unit, width),
      ],
    });
  },
  table: ({ pieces }) =>
    tableOf(
      ['from', 'to', 'what it was doing'],
      pieces.map(({ fromMs, toMs, state }) => [formatDuration(fromMs), formatDuration(toMs), state]),
    ),
};

type Piece = SlowestChart['pieces'][number];
