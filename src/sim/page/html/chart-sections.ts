/** The places of the charts: title, sentence and legend stand in the page, the browser draws. */
import { isMissing, type Chart, type Layered, type RunCharts } from '../shared/charts.ts';
import {
  colourOf,
  layerColour,
  slowestColours,
  trackerColours,
  uplinkColours,
  type Named,
} from '../shared/colours.ts';
import { markup, nothing, prose, type Markup } from './markup.ts';

export type ChartName = Exclude<keyof RunCharts, 'kind' | 'endMs' | 'groups' | 'faults' | 'departures'>;

/** Of each chart the names of what it has, and no others. */
const legends = {
  groups: ({ groups }: RunCharts): Named =>
    groups.map((name, at) => [name, colourOf(at, groups.length)] as const),
  receivers: ({ goodput, groups }: RunCharts): Named =>
    layersOf(goodput).map((name) => [name, layerColour(name, groups)] as const),
  uses: ({ uplinks }: RunCharts): Named => named(uplinkColours, layersOf(uplinks)),
  tracker: ({ tracker }: RunCharts): Named => named(trackerColours, layersOf(tracker)),
  states: ({ slowest }: RunCharts): Named =>
    named(slowestColours, isMissing(slowest) ? [] : slowest.states.map(({ state }) => state)),
};

function layersOf(chart: Chart<Layered>): readonly string[] {
  if (isMissing(chart)) return [];
  return chart.layers.filter(({ values }) => values.some((value) => value > 0)).map(({ name }) => name);
}

function named(all: Named, names: readonly string[]): Named {
  return all.filter(([name]) => names.includes(name));
}

interface Place {
  readonly name: ChartName;
  readonly title: string;
  readonly isWide?: boolean;
  readonly legend?: keyof typeof legends;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly places: readonly Place[];
}

export const sections: readonly Section[] = [
  {
    id: 'time',
    title: 'Over time',
    places: [
      { name: 'completion', title: 'Peers complete' },
      { name: 'goodput', title: 'Goodput by group', legend: 'receivers' },
    ],
  },
  {
    id: 'slowest',
    title: 'The slowest peer',
    places: [{ name: 'slowest', title: 'What it waited for', isWide: true, legend: 'states' }],
  },
  {
    id: 'replay',
    title: 'Replay',
    places: [{ name: 'replay', title: 'The swarm, moment by moment', isWide: true, legend: 'groups' }],
  },
  {
    id: 'chunks',
    title: 'Chunks',
    places: [
      { name: 'availability', title: 'Copies of each chunk', isWide: true },
      { name: 'latencies', title: 'How long a chunk took' },
      { name: 'tracker', title: 'What reached the tracker', legend: 'tracker' },
    ],
  },
  {
    id: 'peers',
    title: 'Peers',
    places: [
      { name: 'lanes', title: 'A lane for each peer', isWide: true },
      { name: 'flows', title: 'Who served whom', isWide: true },
    ],
  },
  {
    id: 'load',
    title: 'Load and uplinks',
    places: [
      { name: 'shares', title: 'Who carried the load', legend: 'groups' },
      { name: 'uplinks', title: 'What uplinks did', legend: 'uses' },
    ],
  },
];

export function renderSection({ id, title, places }: Section, charts: RunCharts): Markup {
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
<div class="charts">${places.map((place) => renderPlace(place, charts))}</div></section>
`;
}

function renderPlace({ name, title, isWide = false, legend }: Place, charts: RunCharts): Markup {
  const chart = charts[name];
  const size = isWide ? 'wide' : '';
  if (isMissing(chart)) {
    return markup`<figure class="${size}" data-chart="${name}"><figcaption><h3>${title}</h3><p class="missing">${prose(chart.missing)}</p></figcaption></figure>
`;
  }
  return markup`<figure class="${size}" data-chart="${name}"><figcaption><h3 id="chart-${name}">${title}</h3><p id="told-${name}">${prose(chart.summary)}</p></figcaption>
${legend === undefined ? nothing : renderLegend(legend, charts)}<div class="controls" hidden></div><div class="plot" role="img" aria-labelledby="chart-${name}" aria-describedby="told-${name}"></div>
<details><summary>The figures as a table</summary></details></figure>
`;
}

function renderLegend(legend: keyof typeof legends, charts: RunCharts): Markup {
  const items = legends[legend](charts).map(
    ([name, colour]) => markup`<li><span style="background:${colour}"></span>${name}</li>`,
  );
  return markup`<ul class="legend">${items}</ul>`;
}
