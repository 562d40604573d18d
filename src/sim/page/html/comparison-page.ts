/** comparison.html: runs side by side, the completion of all of them on one chart for each arm. */
import type { ComparedResult } from '../../experiment/compared-results.ts';
import type { ComparedSide, Comparison, Side } from '../../experiment/comparison.ts';
import {
  cautions,
  comparisonColumns,
  comparisonRow,
  describeSide,
  headlinesOf,
  methodOf,
  shownFigures,
  tablesOf,
} from '../../report/experiment/comparison-columns.ts';
import { comparisonCharts } from '../data/comparison-charts.ts';
import { isMissing } from '../shared/charts.ts';
import type { ComparisonCharts } from '../shared/comparison-charts.ts';
import { libraries, renderFrame, themeSwitch } from './frame.ts';
import { list, markup, paragraph, prose, type Markup } from './markup.ts';
import { renderHtmlTable } from './table.ts';

/**
 * @param results of the runs, as far as they can still be read
 * @param script the browser's code of the pages
 */
export function renderComparisonPage(
  comparison: Comparison,
  results: readonly ComparedResult[],
  script: string,
): string {
  const { base, others } = comparison;
  const charts = comparisonCharts(comparison, results);
  const sides = [base, ...others.map(({ side }) => side)];
  const body = markup`<header>
<div class="top"><span>Comparison of ${sides.length} sides, 95 % intervals</span>${themeSwitch}</div>
<h1>${base.scenario}: ${sides.map(({ name }) => name).join(', ')}</h1>
${list(sides.map((side) => markup`<strong>${side.name}</strong> ${side.source}: ${describeSide(side)}`))}
${others.map((other) => renderHeadline(other, base))}
</header>
<main id="main">
<section aria-labelledby="completion"><h2 id="completion">Completion</h2>
<div class="charts">${charts.arms.map((_, at) => renderCurves(charts, at))}</div></section>
${others.map((other, at) => renderFigures(other, base, at))}
${paragraph(methodOf(comparison))}
</main>
<footer>${libraries}</footer>
`;
  return renderFrame({ title: `${base.scenario}: comparison`, body, data: charts, script });
}

function renderHeadline(other: ComparedSide, base: Side): Markup {
  // The others are there to be looked up: of so many some are always worse.
  const figures = other.arms.flatMap(shownFigures).filter(({ isKey }) => isKey);
  const has = (verdict: string): boolean => figures.some((figure) => figure.verdict === verdict);
  const tone = has('worse')
    ? has('better')
      ? 'inconclusive'
      : 'fail'
    : has('better')
      ? 'pass'
      : 'inconclusive';
  const [key, ...rest] = headlinesOf(other, base);
  const more = [...rest, ...cautions(other, base)].map(prose);
  return markup`<div class="verdict ${tone}"><span>${prose(key!)}</span>${list(more)}</div>`;
}

function renderCurves(charts: ComparisonCharts, at: number): Markup {
  const { name, completion } = charts.arms[at]!;
  const title = charts.arms.length === 1 ? 'Peers complete, over time' : name;
  const text = isMissing(completion)
    ? markup`<p class="missing">${completion.missing}</p>`
    : markup`<p>${completion.summary}</p>`;
  const head = markup`<figcaption><h3 id="chart-${at}">${title}</h3>${text}</figcaption>`;
  if (isMissing(completion)) return markup`<figure class="wide">${head}</figure>`;
  return markup`<figure class="wide" data-chart="completion-${at}">${head}
<div class="plot" role="group" aria-labelledby="chart-${at}"></div>
<details><summary>The figures as a table</summary></details></figure>`;
}

function renderFigures(other: ComparedSide, base: Side, at: number): Markup {
  const { name } = other.side;
  return markup`<section aria-labelledby="figures-${at}"><h2 id="figures-${at}">${name} beside ${base.name}</h2>
${other.arms.flatMap((arm) =>
  tablesOf(arm).map(({ title, figures }) => {
    const of = other.arms.length === 1 ? `${name} beside ${base.name}` : arm.name;
    return renderHtmlTable(
      comparisonColumns(arm, other, base, 'metric'),
      figures.map((figure) => comparisonRow(figure)),
      {
        caption: title === '' ? of : `${of}, ${title}`,
        classes: figures.map(({ verdict }) => (verdict === 'worse' ? 'fail' : '')),
      },
    );
  }),
)}</section>`;
}
