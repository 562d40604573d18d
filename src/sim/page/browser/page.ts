/** The browser's side of the pages: it draws what the page holds, again when width or colours change. */
import { isMissing, type Chart, type RunCharts } from '../shared/charts.ts';
import type { ComparisonCharts } from '../shared/comparison-charts.ts';
import type { ExperimentCharts } from '../shared/experiment-charts.ts';
import type { ChartView } from './chart.ts';
import { availabilityView, latencyView } from './chunk-charts.ts';
import { showCurves } from './comparison-view.ts';
import { showExperiment } from './experiment-view.ts';
import { flowsView } from './flow-matrix.ts';
import { sharesView, uplinksView } from './load-charts.ts';
import { lanesView, slowestView } from './peer-charts.ts';
import { showReplay } from './replay-view.ts';
import { redrawForPaper, widthOf } from './paper.ts';
import { completionView, goodputView, trackerView } from './time-charts.ts';

/** Narrower or wider, a chart is drawn so and scaled. */
const WIDTH_MIN = 280;
const WIDTH_MAX = 1180;

function show(): void {
  switchColours();
  redrawForPaper(redrawAll);
  const page = JSON.parse(document.getElementById('page-data')!.textContent) as
    RunCharts | ExperimentCharts | ComparisonCharts;
  if (page.kind === 'run') showRun(page);
  else if (page.kind === 'comparison') showComparison(page);
  else {
    const figure = figureOf('experiment');
    redrawWith(figure, showExperiment(figure, page));
  }
  document.documentElement.dataset['drawn'] = 'yes';
}

function showComparison(page: ComparisonCharts): void {
  page.arms.forEach(({ completion }, at) => {
    if (isMissing(completion)) return;
    const figure = figureOf(`completion-${at}`);
    redrawWith(figure, showCurves(figure, completion, page));
  });
}

function showRun(page: RunCharts): void {
  const place = <T>(name: string, chart: Chart<T>, view: ChartView<T>): void => {
    if (!isMissing(chart)) drawIn(name, chart, view, page);
  };
  place('completion', page.completion, completionView);
  place('goodput', page.goodput, goodputView);
  place('slowest', page.slowest, slowestView);
  place('availability', page.availability, availabilityView);
  place('latencies', page.latencies, latencyView);
  place('tracker', page.tracker, trackerView);
  place('lanes', page.lanes, lanesView);
  place('flows', page.flows, flowsView);
  place('shares', page.shares, sharesView);
  place('uplinks', page.uplinks, uplinksView);
  if (!isMissing(page.replay)) {
    const figure = figureOf('replay');
    redrawWith(figure, showReplay(figure, page.replay, page));
  }
}

function figureOf(name: string): HTMLElement {
  return document.querySelector<HTMLElement>(`figure[data-chart="${name}"]`)!;
}

function drawIn<T>(name: string, chart: T, view: ChartView<T>, page: RunCharts): void {
  const figure = figureOf(name);
  const plot = figure.querySelector<HTMLElement>('.plot')!;
  const draw = (): void => {
    const width = Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, widthOf(plot)));
    const drawn = view.draw(chart, page, width);
    plot.replaceChildren(...(Array.isArray(drawn) ? (drawn as readonly Element[]) : [drawn as Element]));
  };
  const controls = view.controls?.(chart, page, draw) ?? [];
  if (controls.length > 0) {
    const bar = figure.querySelector<HTMLElement>('.controls')!;
    bar.append(...controls);
    bar.hidden = false;
  }
  const details = figure.querySelector('details')!;
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1) details.append(view.table(chart, page));
  });
  redrawWith(plot, draw);
}

const redraws = new Set<() => void>();

/** Now, and whenever its width has changed. */
function redrawWith(place: HTMLElement, draw: () => void): void {
  let width = place.clientWidth;
  redraws.add(draw);
  draw();
  new ResizeObserver(() => {
    if (place.clientWidth === width) return;
    width = place.clientWidth;
    draw();
  }).observe(place);
}

/** SVG follows the variables of the style by itself; what is painted does not. */
function switchColours(): void {
  const list = document.querySelector<HTMLSelectElement>('#theme');
  list?.addEventListener('change', () => {
    if (list.value === '') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = list.value;
    redrawAll();
  });
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawAll);
}

function redrawAll(): void {
  for (const draw of redraws) draw();
}

show();
