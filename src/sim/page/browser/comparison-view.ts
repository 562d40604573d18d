/** The completion of compared runs on one chart: a step line for each run, in the colour of its side. */
import * as Plot from '@observablehq/plot';
import { formatDuration } from '../../units/format.ts';
import type { ComparisonCharts, CompletionCurves, RunCurve } from '../shared/comparison-charts.ts';
import { colourOf } from '../shared/colours.ts';
import { element, tableOf } from './elements.ts';
import { widthOf } from './paper.ts';
import { plot, timeAxis, timeUnit } from './scales.ts';

const HEIGHT = 340;

/** Puts the curves into their place; what is returned draws them again. */
export function showCurves(
  figure: HTMLElement,
  chart: CompletionCurves,
  { sides }: ComparisonCharts,
): () => void {
  const place = figure.querySelector<HTMLElement>('.plot')!;
  const details = figure.querySelector('details')!;
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(curveTable(chart, sides));
  });
  const colour = (side: number): string => colourOf(side, sides.length);
  return () => {
    const drawn = drawCurves(chart, sides, colour, Math.max(280, widthOf(place)));
    place.replaceChildren(legend(sides, colour), drawn);
  };
}

function legend(sides: readonly string[], colour: (side: number) => string): HTMLElement {
  const items = sides.map((name, side) =>
    element('li', {}, element('span', { style: `background: ${colour(side)}` }), name),
  );
  return element('ul', { class: 'legend' }, ...items);
}

function drawCurves(
  { curves, endMs }: CompletionCurves,
  sides: readonly string[],
  colour: (side: number) => string,
  width: number,
): Element {
  const unit = timeUnit(endMs);
  return plot(width, HEIGHT, {
    x: timeAxis(endMs, unit),
    y: { domain: [0, 100], label: 'peers complete (%)', grid: true },
    marks: [
      ...curves.map((curve) =>
        Plot.lineY(pointsOf(curve, endMs), {
          x: ({ ms }: Point) => ms / unit.size,
          y: 'percent',
          curve: 'step-after',
          stroke: colour(curve.side),
          strokeWidth: 1.75,
          strokeOpacity: curves.length > 2 * sides.length ? 0.6 : 1,
          className: 'curve',
          title: () => `${sides[curve.side]}, run ${curve.repeat}`,
        }),
      ),
      Plot.ruleY([0], { stroke: 'var(--soft)' }),
    ],
  });
}

interface Point {
  readonly ms: number;
  readonly percent: number;
}

function pointsOf({ timesMs, shares }: RunCurve, endMs: number): Point[] {
  const points = timesMs.map((ms, at) => ({ ms, percent: 100 * shares[at]! }));
  return [{ ms: 0, percent: 0 }, ...points, { ms: endMs, percent: points.at(-1)?.percent ?? 0 }];
}

function curveTable({ curves }: CompletionCurves, sides: readonly string[]): HTMLElement {
  const at = ({ timesMs, shares }: RunCurve, share: number): string => {
    const found = shares.findIndex((one) => one >= share);
    return found < 0 ? '–' : formatDuration(timesMs[found]!);
  };
  return tableOf(
    ['run', 'first', 'half complete', '90 % complete', 'all complete'],
    curves.map((curve) => [
      `${sides[curve.side]}, run ${curve.repeat}`,
      curve.timesMs.length === 0 ? '–' : formatDuration(curve.timesMs[0]!),
      at(curve, 0.5),
      at(curve, 0.9),
      at(curve, 1),
    ]),
  );
}
