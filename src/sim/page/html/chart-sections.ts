/** The places of the charts: title, sentence and legend stand in the page, the browser draws. */
import { isMissing, type RunCharts } from '../shared/charts.ts';
import { uplinkColours, trackerColours, slowestColours } from '../shared/colours.ts';
import { colourOf } from '../shared/colours.ts';
import { markup, nothing, type Markup } from './markup.ts';

export type ChartName = Exclude<keyof RunCharts, 'kind' | 'endMs' | 'groups' | 'faults' | 'departures'>;

interface Place {
  readonly name: ChartName;
  readonly title: string;
  readonly isWide?: boolean;
  readonly legend?: 'groups' | 'uses' | 'tracker' | 'states';
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
      { name: 'goodput', title: 'Goodput by group', legend: 'groups' },
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
    return markup`<figure class="${size}" data-chart="${name}"><figcaption><h3>${title}</h3><p class="missing">${chart.missing}</p></figcaption></figure>
`;
  }
  return markup`<figure class="${size}" data-chart="${name}"><figcaption><h3 id="chart-${name}">${title}</h3><p id="told-${name}">${chart.summary}</p></figcaption>
${legend === undefined ? nothing : renderLegend(legend, charts)}<div class="controls" hidden></div><div class="plot" role="img" aria-labelledby="chart-${name}" aria-describedby="told-${name}"></div>
<details><summary>The figures as a table</summary></details></figure>
`;
}

function renderLegend(legend: NonNullable<Place['legend']>, charts: RunCharts): Markup {
  const entries = {
    groups: () => charts.groups.map((name, at) => [name, colourOf(at, charts.groups.length)] as const),
    uses: () => uplinkColours,
    tracker: () => trackerColours,
    states: () => slowestColours,
  }[legend]();
  const items = entries.map(
    ([name, colour]) => markup`<li><span style="background:${colour}"></span>${name}</li>`,
  );
  return markup`<ul class="legend">${items}</ul>`;
}
