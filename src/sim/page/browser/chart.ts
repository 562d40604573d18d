import type { RunCharts } from '../shared/charts.ts';

/** How one chart of a page is drawn, and read as a table. */
export interface ChartView<T> {
  draw(chart: T, page: RunCharts, width: number): Element | readonly Element[];
  table(chart: T, page: RunCharts): HTMLElement;
  /** What the reader may choose; `redraw` shows it. */
  controls?(chart: T, page: RunCharts, redraw: () => void): readonly HTMLElement[];
}
