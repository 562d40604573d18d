/** Who served whom: a matrix of peers, groups or regions, in an order of choice. */
import * as Plot from '@observablehq/plot';
import { formatBytes } from '../../units/format.ts';
import type { FlowChart, FlowView, RunCharts } from '../shared/charts.ts';
import { colourOf } from '../shared/colours.ts';
import type { ChartView } from './chart.ts';
import { chooser, element, tableOf } from './elements.ts';
import { clipped, plot } from './scales.ts';

const orders = {
  plan: 'as in the plan',
  sent: 'who sent most first',
  received: 'who received most first',
  group: 'by group',
} as const;
type Order = keyof typeof orders;

const viewNames = { peer: 'peers', group: 'groups', region: 'regions' } as const;

const chosen: { view: number; order: Order } = { view: 0, order: 'plan' };

/** Up to this opacity the colour of a cell is nearer to that of the page, in light and in dark. */
const INK_TO = 0.78;

function opacityOf(bytes: number, most: number): number {
  return 0.08 + 0.92 * Math.sqrt(bytes / most);
}

export const flowsView: ChartView<FlowChart> = {
  controls({ views }, _, redraw) {
    const order = chooser(
      'Order',
      Object.entries(orders).map(([value, text]) => ({ value, text })),
      (value) => {
        chosen.order = value as Order;
        redraw();
      },
    );
    if (views.length < 2) return [order];
    const by = chooser(
      'Between',
      views.map(({ by: what }, at) => ({ value: String(at), text: viewNames[what] })),
      (value) => {
        chosen.view = Number(value);
        redraw();
      },
    );
    return [by, order];
  },
  draw: ({ views }, page, width) => [drawMatrix(views[chosen.view]!, page, width)],
  table: ({ views }) => {
    const { names, cells } = views[0]!;
    return tableOf(
      ['from', 'to', 'bytes', 'chunks'],
      cells.map(([from, to, bytes, chunks]) => [names[from]!, names[to]!, formatBytes(bytes), chunks]),
    );
  },
};

interface Cell {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
  readonly chunks: number;
  readonly names: readonly [from: string, to: string];
}

function drawMatrix(view: FlowView, page: RunCharts, width: number): Element {
  const order = orderOf(view);
  const place = new Map(order.map((name, at) => [name, at]));
  const most = view.cells[0]?.[2] ?? 1;
  const cells = view.cells.map(([from, to, bytes, chunks]): Cell => ({
    from: place.get(from)! + 0.5,
    to: place.get(to)! + 0.5,
    bytes,
    chunks,
    names: [view.names[from]!, view.names[to]!],
  }));
  const signs = Math.min(width < 500 ? 10 : 22, Math.max(...view.names.map((name) => name.length)));
  const margin = 18 + signs * 6.6;
  const size = Math.max(4, Math.min(46, (Math.min(width, 900) - margin - 16) / order.length));
  const areTold = size >= 40;
  const ticks = order.map((_, at) => at + 0.5);
  const nameOf = (at: number): string => clipped(view.names[order[Math.floor(at)]!]!, signs);
  const strips = order.map((name, at) => ({ at, colour: colourOf(view.groups[name]!, page.groups.length) }));
  const side = margin + order.length * size + 16;
  const names = { tickSize: 0, tickFormat: nameOf, label: null, fontSize: Math.min(12, Math.max(7, size)) };
  const svg = plot(side, side, {
    marginLeft: margin,
    marginTop: margin,
    marginBottom: 16,
    x: { domain: [0, order.length], axis: null },
    y: { domain: [0, order.length], reverse: true, axis: null },
    marks: [
      Plot.axisX(ticks, { ...names, anchor: 'top', tickRotate: -90, dy: -6 }),
      Plot.axisY(ticks, { ...names, dx: -6 }),
      ...cellMarks(cells, most, size),
      ...(areTold ? [chunkNumbers(cells, most)] : []),
      Plot.rect(strips, {
        x1: 0,
        x2: 0,
        y1: 'at',
        y2: ({ at }: { at: number }) => at + 1,
        insetLeft: -5,
        insetRight: 1,
        fill: 'colour',
        className: 'groups',
      }),
      Plot.frame({ stroke: 'var(--line)' }),
    ],
  });
  const scale = `Rows send, columns receive; full colour is ${formatBytes(most)}${areTold ? '; numbers are chunks' : ''}.`;
  return element('div', {}, element('p', { class: 'status' }, scale), svg);
}

function cellMarks(cells: readonly Cell[], most: number, size: number): Plot.Markish[] {
  return [
    Plot.rect(cells, {
      x1: ({ to }: Cell) => to - 0.5,
      x2: ({ to }: Cell) => to + 0.5,
      y1: ({ from }: Cell) => from - 0.5,
      y2: ({ from }: Cell) => from + 0.5,
      inset: size > 14 ? 1 : 0.3,
      fill: 'var(--c0)',
      fillOpacity: ({ bytes }: Cell) => opacityOf(bytes, most),
      className: 'flows',
      title: ({ names, bytes, chunks }: Cell) =>
        `${names[0]} → ${names[1]}\n${formatBytes(bytes)}, ${chunks} chunks`,
      tip: true,
    }),
  ];
}

function chunkNumbers(cells: readonly Cell[], most: number): Plot.Markish {
  return Plot.text(cells, {
    x: 'to',
    y: 'from',
    text: ({ chunks }: Cell) => String(chunks),
    fill: ({ bytes }: Cell) => (opacityOf(bytes, most) > INK_TO ? 'var(--panel)' : 'var(--ink)'),
  });
}

/** Positions of names in the order that is chosen. */
function orderOf({ names, groups, cells }: FlowView): number[] {
  const sums = { sent: names.map(() => 0), received: names.map(() => 0) };
  for (const [from, to, bytes] of cells) {
    sums.sent[from]! += bytes;
    sums.received[to]! += bytes;
  }
  const { order } = chosen;
  const all = names.map((_, at) => at);
  if (order === 'plan') return all;
  if (order === 'group') return all.sort((a, b) => groups[a]! - groups[b]!);
  return all.sort((a, b) => sums[order][b]! - sums[order][a]!);
}
