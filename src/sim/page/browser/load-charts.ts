/** Who carried the load, and what uplinks did. */
import * as Plot from '@observablehq/plot';
import { formatBytes, formatPercent, formatRatio } from '../../units/format.ts';
import type { RunCharts, ShareChart, UplinkChart } from '../shared/charts.ts';
import { colourOf, uplinkColours } from '../shared/colours.ts';
import type { ChartView } from './chart.ts';
import { tableOf } from './elements.ts';
import { clipped, plot, stepsOf, timeAxis, timeUnit } from './scales.ts';
import { layerTable } from './time-charts.ts';

export const sharesView: ChartView<ShareChart> = {
  draw({ bars, contentBytes, meanBytes }, { groups }, width) {
    const ranked = bars.map((bar, rank) => ({
      ...bar,
      rank: rank + 1,
      copies: bar.uploadedBytes / contentBytes,
    }));
    type Ranked = (typeof ranked)[number];
    return plot(width, 290, {
      x: {
        label: 'peers, who sent most first',
        type: 'band',
        axis: null,
        padding: ranked.length > 60 ? 0 : 0.15,
      },
      y: { label: 'sent, in copies of the file', grid: true, nice: true },
      marks: [
        Plot.barY(ranked, {
          x: 'rank',
          y: 'copies',
          fill: ({ group }: Ranked) => colourOf(group, groups.length),
          className: 'uploads',
          title: ({ name, uploadedBytes, downloadedBytes, ratio }: Ranked) =>
            `${name}\nsent ${formatBytes(uploadedBytes)}\nreceived ${formatBytes(downloadedBytes)}\nratio ${formatRatio(ratio)}`,
          tip: true,
        }),
        Plot.ruleY([meanBytes / contentBytes], {
          stroke: 'var(--ink)',
          strokeDasharray: '4,3',
          className: 'mean',
        }),
        Plot.text(['mean'], {
          y: () => meanBytes / contentBytes,
          frameAnchor: 'right',
          textAnchor: 'end',
          dy: -7,
          fill: 'var(--ink)',
        }),
        Plot.ruleY([0], { stroke: 'var(--soft)' }),
        Plot.text(['each bar a peer, who sent most first'], { frameAnchor: 'bottom', dy: 18 }),
      ],
    });
  },
  table: ({ bars }) =>
    tableOf(
      ['peer', 'sent', 'received', 'sent / received'],
      bars.map(({ name, uploadedBytes, downloadedBytes, ratio }) => [
        name,
        formatBytes(uploadedBytes),
        formatBytes(downloadedBytes),
        formatRatio(ratio),
      ]),
    ),
};

export const uplinksView: ChartView<UplinkChart> = {
  draw: (chart, page, width) => [uplinksOverTime(chart, page, width), uplinksByGroup(chart, width)],
  table: (chart) => layerTable(chart, formatPercent),
};

const useColours = new Map(uplinkColours);

function uplinksOverTime({ bins, layers }: UplinkChart, _: RunCharts, width: number): Element {
  const endMs = bins.stepMs * bins.count;
  const unit = timeUnit(endMs);
  const steps = stepsOf(bins, unit);
  const cells = layers.flatMap(({ name, values }) =>
    steps.map(({ from, to }, at) => ({ name, from, to, value: values[at]! * 100 })),
  );
  return plot(width, 210, {
    x: timeAxis(endMs, unit),
    y: { label: '% of what uplinks can carry', domain: [0, 100], grid: true },
    marks: [
      Plot.rectY(
        cells,
        Plot.stackY({
          x1: 'from',
          x2: 'to',
          y: 'value',
          fill: ({ name }: { name: string }) => useColours.get(name)!,
          insetLeft: 0,
          insetRight: -0.3,
          className: 'layers',
        }),
      ),
    ],
  });
}

const GROUP_BARS_MAX = 12;

function uplinksByGroup({ groups, layers }: UplinkChart, width: number): Element {
  const shown = groups.slice(0, GROUP_BARS_MAX);
  const cells = shown.flatMap(({ name, shares }) =>
    shares.map((share, at) => ({ group: name, use: layers[at]!.name, share: share * 100 })),
  );
  const signs = Math.min(width < 500 ? 12 : 20, Math.max(...shown.map(({ name }) => name.length)));
  return plot(width, shown.length * 26 + 46, {
    marginLeft: 16 + signs * 6.8,
    marginTop: 6,
    x: { label: '% of the group’s uplinks', domain: [0, 100] },
    y: {
      label: null,
      domain: shown.map(({ name }) => name),
      tickFormat: (name: string) => clipped(name, signs),
      tickSize: 0,
    },
    marks: [
      Plot.barX(cells, {
        x: 'share',
        y: 'group',
        fill: ({ use }: { use: string }) => useColours.get(use)!,
        className: 'uses-by-group',
        title: ({ group, use, share }: { group: string; use: string; share: number }) =>
          `${group}\n${use}: ${formatPercent(share / 100)}`,
        tip: true,
      }),
    ],
  });
}
