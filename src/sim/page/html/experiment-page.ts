/** report.html of an experiment: a figure against what was swept, all tables, and the way to the page of each run. */
import type { Experiment } from '../../experiment/experiment.ts';
import { verdictWord } from '../../report/columns.ts';
import {
  doubts,
  expectationColumns,
  expectationRows,
  explanationsOf,
  headline,
  metricTables,
} from '../../report/experiment/experiment-columns.ts';
import { describeMachine } from '../../result/machine-text.ts';
import { experimentCharts } from '../data/experiment-charts.ts';
import { libraries, renderFrame, themeSwitch } from './frame.ts';
import { list, markup, nothing, prose, type Markup } from './markup.ts';
import { renderHtmlTable } from './table.ts';

/** @param script the browser's code of the pages */
export function renderExperimentPage(experiment: Experiment, script: string): string {
  const { scenario, verdict, startedAt, seed, engine } = experiment;
  const charts = experimentCharts(experiment);
  const tone = verdict.trust === 'trusted' || verdict.outcome === 'fail' ? verdict.outcome : verdict.trust;
  const words = `${headline(experiment)}; ${verdict.trust}`;
  const reasons = doubts(experiment);
  const body = markup`<header>
<div class="top"><span>Experiment of ${startedAt.slice(0, 19).replace('T', ' ')} UTC, seed ${seed}, ${engine === 'both' ? 'both engines' : `${engine} engine`}</span>${themeSwitch}</div>
<h1>${scenario.name}</h1>
<p class="lead">${scenario.description}</p>
<div class="verdict ${tone}"><strong>${verdict.outcome}</strong> <span>${prose(words)}</span>${list(reasons.map(prose))}</div>
</header>
<main id="main">
<section aria-labelledby="swept"><h2 id="swept">${charts.x.name === 'arm' ? 'The arms' : `Against ${charts.x.name}`}</h2>
<div class="charts"><figure class="wide" data-chart="experiment"><figcaption><h3 id="chart-experiment">Mean of each arm, its 95 % interval, and each run</h3>
<p id="told-experiment" role="status">${charts.metrics[0]?.summary ?? 'No run has a figure.'}</p></figcaption>
<div class="controls"></div><div class="plot" role="group" aria-labelledby="chart-experiment" aria-describedby="told-experiment"></div>
<details><summary>The figures as a table</summary></details></figure></div></section>
${renderExpectations(experiment)}
<section aria-labelledby="tables"><h2 id="tables">Figures</h2>
${metricTables(experiment).map(({ metric, columns, rows }) =>
  renderHtmlTable(
    columns,
    rows.map(({ cells }) => cells),
    { caption: metric === '' ? 'Of all runs' : `By ${metric}` },
  ),
)}
${list(explanationsOf(experiment))}</section>
<section aria-labelledby="runs"><h2 id="runs">Runs</h2>
${renderRuns(experiment)}</section>
<section aria-labelledby="how"><h2 id="how">How it was run</h2>
${renderCircumstances(experiment)}</section>
</main>
<footer><p>The files beside this page have all of it: experiment.json, experiment.csv, and a folder for each run.</p>
${libraries}</footer>
`;
  const title = `${scenario.name}: ${verdictWord(verdict.outcome, verdict.trust)}`;
  return renderFrame({ title, body, data: charts, script });
}

function renderExpectations(experiment: Experiment): Markup {
  const rows = expectationRows(experiment);
  if (rows.length === 0) return nothing;
  return markup`<section aria-labelledby="thresholds"><h2 id="thresholds">Thresholds</h2>
${renderHtmlTable(
  expectationColumns,
  rows.map(({ cells }) => cells),
  {
    caption: 'A threshold passes when it holds in every repeat of the arm',
    classes: rows.map(({ one }) => one.outcome),
  },
)}</section>`;
}

function renderRuns({ runs }: Experiment): Markup {
  return renderHtmlTable(
    [
      { head: 'run' },
      { head: 'arm' },
      { head: 'repeat', align: 'right' },
      { head: 'seed' },
      { head: 'verdict' },
      { head: 'trust' },
    ],
    runs.map(({ arm, repeat, seed, outcome, because, trust, folder }) => [
      markup`<a href="${encodeURI(folder)}/report.html">${folder}</a>`,
      arm,
      String(repeat),
      seed,
      because === null ? outcome : `${outcome} (${because})`,
      trust,
    ]),
    { caption: 'In the order in which they were run', classes: runs.map(({ outcome }) => outcome) },
  );
}

function renderCircumstances({
  environment,
  seed,
  engine,
  startedAt,
  repeats,
  baseline,
}: Experiment): Markup {
  return renderHtmlTable(
    [{ head: 'what' }, { head: 'value' }],
    [
      ['seed', seed],
      ['engine', engine],
      ['started', startedAt],
      ['repeats of each arm', String(repeats)],
      ['baseline', baseline ?? 'none'],
      ['version, commit', `${environment.version}, ${environment.commit ?? 'not a git checkout'}`],
      ['Node, platform', `${environment.node}, ${environment.platform}`],
      ['machine', describeMachine(environment)],
    ],
    {
      caption:
        'Each block of runs has every arm once, in random order; repeat n of every arm has the same seed',
    },
  );
}
