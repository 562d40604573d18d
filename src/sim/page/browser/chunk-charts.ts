/** Copies of the chunks, and how long they took. */
import * as Plot from '@observablehq/plot';
import { formatDuration } from '../../units/format.ts';
import type { AvailabilityChart, FaultMark, LatencyChart } from '../shared/charts.ts';
import type { ChartView } from './chart.ts';
import { element, tableOf } from './elements.ts';
import { faultMarks, plot, stepsOf, timeAxis, timeUnit, topMargin } from './scales.ts';

/** Room at the right for the names of the lines; the map below ends where they do. */
const END_OF_LINES = 56;

export const availabilityView: ChartView<AvailabilityChart> = {
  draw(chart, page, width) {
    return [lines(chart, page.endMs, page.faults, width), heatMap(chart, page.endMs, width)];
  },
  table: ({ bins, rarest, mean }) =>
    tableOf(
      ['from', 'copies of the rarest chunk', 'on average'],
      rarest.map((copies, at) => [formatDuration(at * bins.stepMs), copies, mean[at]!.toFixed(2)]),
    ),
};

function lines(
  { bins, rarest, rarestAtEnd, mean }: AvailabilityChart,
  endMs: number,
  faults: readonly FaultMark[],
  width: number,
): Element {
  const unit = timeUnit(endMs);
  const steps = stepsOf(bins, unit);
  const points = (values: readonly number[]) => steps.map(({ to }, at) => ({ x: to, y: values[at]! }));
  const least = [
    { x: 0, y: rarest[0]! },
    ...points(rarest),
    // The last step has its least, too; where the line ends is how the run ended.
    { x: endMs / unit.size, y: rarestAtEnd },
  ];
  const ends = [
    { text: 'mean', line: points(mean), colour: 'var(--c0)' },
    { text: 'rarest', line: least, colour: 'var(--c1)' },
  ];
  return plot(width, 220, {
    marginTop: topMargin(faults),
    marginRight: END_OF_LINES,
    x: timeAxis(endMs, unit),
    y: { label: 'copies', grid: true, nice: true, zero: true },
    marks: [
      ...faultMarks({ endMs, faults }, unit, width),
      ...ends.flatMap(({ text, line, colour }) => [
        Plot.lineY(line, {
          x: 'x',
          y: 'y',
          stroke: colour,
          strokeWidth: 2,
          curve: text === 'rarest' ? 'step-before' : 'linear',
          className: text,
        }),
        Plot.text(line.slice(-1), {
          x: 'x',
          y: 'y',
          text: () => text,
          textAnchor: 'start',
          dx: 6,
          dy: text === 'mean' ? -5 : 7,
          fill: colour,
          fontWeight: 600,
        }),
      ]),
      Plot.ruleY([0], { stroke: 'var(--soft)' }),
    ],
  });
}

/** Rows are chunks, darker with more copies; red: nobody present holds it. */
function heatMap({ bins, rows, copiesMax }: AvailabilityChart, endMs: number, width: number): Element {
  const unit = timeUnit(endMs);
  const steps = stepsOf(bins, unit);
  const cells = rows.flatMap(({ fromChunk, toChunk, copies }) =>
    runsOf(copies).map(({ from, to, value }) => ({
      x1: steps[from]!.from,
      x2: steps[to]!.to,
      y1: fromChunk - 0.5,
      y2: toChunk + 0.5,
      value,
    })),
  );
  const height = Math.min(420, Math.max(120, rows.length * 9 + 70));
  const svg = plot(width, height, {
    marginTop: 24,
    marginRight: END_OF_LINES,
    x: timeAxis(endMs, unit),
    y: { label: 'chunk', reverse: true, domain: [0.5, (rows.at(-1)?.toChunk ?? 1) + 0.5] },
    marks: [
      Plot.rect(cells, {
        x1: 'x1',
        x2: 'x2',
        y1: 'y1',
        y2: 'y2',
        fill: ({ value }: { value: number }) => (value === 0 ? 'var(--bad)' : 'var(--c0)'),
        fillOpacity: ({ value }: { value: number }) =>
          value === 0 ? 0.55 : 0.08 + (0.92 * value) / Math.max(1, copiesMax),
        className: 'copies-of-chunks',
        inset: 0,
      }),
    ],
  });
  const legend = element(
    'ul',
    { class: 'legend' },
    ...[
      ['nobody holds it', 'var(--bad)', '0.55'],
      ['1 copy', 'var(--c0)', String(0.08 + 0.92 / Math.max(1, copiesMax))],
      [`${copiesMax} copies`, 'var(--c0)', '1'],
    ].map(([text, colour, opacity]) =>
      element('li', {}, element('span', { style: `background:${colour!};opacity:${opacity!}` }), text!),
    ),
  );
  return element('div', {}, svg, legend);
}

/** Neighbours of one value are one rectangle. */
export function runsOf(
  values: readonly number[],
): { readonly from: number; readonly to: number; readonly value: number }[] {
  const runs: { from: number; to: number; value: number }[] = [];
  values.forEach((value, at) => {
    const last = runs.at(-1);
    if (last?.value === value) last.to = at;
    else runs.push({ from: at, to: at, value });
  });
  return runs;
}

export const latencyView: ChartView<LatencyChart> = {
  draw({ bars, percentiles, count }, _, width) {
    const domain = [bars[0]!.fromMs, bars.at(-1)!.toMs];
    return plot(width, 290, {
      marginTop: 44,
      x: {
        type: 'log',
        domain,
        label: 'from request to the last byte, log scale',
        tickFormat: (ms: number) => shortTime(ms, pixelsADecade(domain, width)),
        // As a list: of a number of ticks, D3 would leave out the labels at 5.
        ticks: ticksOf(domain, width),
      },
      y: { label: 'chunks', grid: true, nice: true },
      marks: [
        Plot.rectY(bars, {
          x1: 'fromMs',
          x2: 'toMs',
          y: 'chunks',
          fill: 'var(--c0)',
          fillOpacity: 0.75,
          insetLeft: 0.5,
          insetRight: 0.5,
          className: 'chunks-by-time',
          title: ({ fromMs, toMs, chunks }: LatencyChart['bars'][number]) =>
            `${formatDuration(fromMs)} to ${formatDuration(toMs)}\n${chunks} of ${count} chunks`,
          tip: true,
        }),
        Plot.ruleX(percentiles, { x: 'ms', stroke: 'var(--c1)', strokeWidth: 1.5, className: 'percentiles' }),
        ...percentiles.map((percentile, at) =>
          Plot.text([percentile], {
            x: 'ms',
            text: ({ name, ms }: { name: string; ms: number }) => `${name} ${formatDuration(ms)}`,
            frameAnchor: 'top',
            dy: -34 + at * 12,
            fill: 'var(--ink)',
            textAnchor: isRightHalf(percentile.ms, domain) ? 'end' : 'start',
            dx: isRightHalf(percentile.ms, domain) ? -4 : 4,
          }),
        ),
        Plot.ruleY([0], { stroke: 'var(--soft)' }),
      ],
    });
  },
  table: ({ bars }) =>
    tableOf(
      ['from', 'to', 'chunks'],
      bars.map(({ fromMs, toMs, chunks }) => [formatDuration(fromMs), formatDuration(toMs), chunks]),
    ),
};

function isRightHalf(ms: number, [from, to]: readonly number[]): boolean {
  return Math.log(ms / from!) > Math.log(to! / from!) / 2;
}

function pixelsADecade([from, to]: readonly number[], width: number): number {
  return width / Math.log10(to! / from!);
}

/** Each first digit of each power of ten, or where they would be too close 1, 2 and 5, or 1 alone. */
function ticksOf([from, to]: readonly number[], width: number): number[] {
  const first = Math.floor(Math.log10(from!));
  const decades = Array.from({ length: Math.ceil(Math.log10(to!)) - first + 1 }, (_, at) => first + at);
  const pixels = pixelsADecade([from!, to!], width);
  const digits = pixels > 150 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : pixels > 90 ? [1, 2, 5] : [1];
  return decades
    .flatMap((power) => digits.map((digit) => digit * 10 ** power))
    .filter((ms) => ms >= from! && ms <= to!);
}

/** Only the first digits 1, 2 and 5 of each power of ten have a label, or where there is no room for three, 1 alone. */
function shortTime(ms: number, pixels: number): string {
  const first = Number(ms.toExponential(3).split('e')[0]);
  const digits = pixels > LABELS_PIXELS ? [1, 2, 5] : [1];
  if (!digits.some((digit) => Math.abs(first - digit) < 0.001)) return '';
  return ms >= 1000 ? `${Number((ms / 1000).toPrecision(3))} s` : `${Number(ms.toPrecision(3))} ms`;
}

/** `100 ms`, `200 ms` and `500 ms` beside one another need as many pixels for a power of ten. */
const LABELS_PIXELS = 180;
