/** report.html: a run in one file, for a reader who was not there. */
import { describeMachine } from '../../result/machine-text.ts';
import {
  boundLimit,
  groupColumns,
  groupRow,
  hitNothing,
  injectedColumns,
  injectedRows,
  isTrouble,
  leftOut,
  peerColumns,
  peerRow,
  worstPeers,
} from '../../report/columns.ts';
import type { RunResult } from '../../result/result.ts';
import { exactDuration } from '../../units/exact-format.ts';
import { formatDuration } from '../../units/format.ts';
import { runCharts } from '../data/run-charts.ts';
import type { SwarmStory } from '../data/swarm-story.ts';
import { renderSection, sections } from './chart-sections.ts';
import { libraries, renderFrame, themeSwitch, type PageScript } from './frame.ts';
import {
  headlineInWords,
  renderSoFar,
  renderThresholds,
  renderTiles,
  renderTrust,
  renderVerdict,
} from './run-head.ts';
import { markup, nothing, paragraph, type Markup } from './markup.ts';
import { renderHtmlTable } from './table.ts';

const PEERS_MAX = 100;
const INJECTIONS_MAX = 60;

/**
 * The page of a run, which stands for itself: it opens from disk and asks nothing of any network.
 *
 * @param script the browser's code of the pages
 */
export function renderRunPage(story: SwarmStory, script: PageScript): string {
  const { result, goesOn } = story;
  const charts = runCharts(story);
  const { scenario } = result;
  const body = markup`<header>
<div class="top"><span>Run of ${result.startedAt.slice(0, 19).replace('T', ' ')} UTC, seed ${result.seed}, ${result.engine} engine</span>${themeSwitch}</div>
<h1>${scenario.name}</h1>
<p class="lead">${scenario.description}</p>
${goesOn ? renderSoFar(result) : renderVerdict(result)}
<nav aria-label="Parts of the page"><ul>${links.map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main id="main">
<section aria-labelledby="figures"><h2 id="figures">Key figures</h2>
${renderTiles(result)}
<p class="lead">${boundNote(result)}</p>
${goesOn ? nothing : renderThresholds(result)}</section>
${sections.map((section) => renderSection(section, charts))}
<section aria-labelledby="tables"><h2 id="tables">Tables</h2>
${renderTables(result, goesOn)}</section>
<section aria-labelledby="trust"><h2 id="trust">Trust: ${result.trust.level}</h2>
${renderTrust(result)}</section>
<section aria-labelledby="how"><h2 id="how">How it was run</h2>
${renderCircumstances(result, goesOn)}</section>
</main>
<footer><p>${goesOn ? 'At the end of the run the files of its report will have all of it.' : 'The files beside this page have all of it: result.json, plan.json, peers.csv, timeline.csv and, if kept, events.jsonl.'} Sizes are in powers of 1024, rates in bit/s with powers of 1000; – means that there is no data.</p>
${libraries}</footer>
`;
  const title = `${scenario.name}: ${headlineInWords(result)}`;
  return renderFrame({ title, body, data: charts, script });
}

const links: readonly (readonly [id: string, title: string])[] = [
  ['figures', 'Key figures'],
  ...sections.map(({ id, title }) => [id, title] as const),
  ['tables', 'Tables'],
  ['trust', 'Trust'],
  ['how', 'How it was run'],
];

function boundNote(result: RunResult): string {
  const { bound } = result.swarm;
  return bound.lowerBoundMs === null
    ? `There is no lower bound. ${bound.note}`
    : `The lower bound is ${boundLimit(result)}. ${bound.note}`;
}

function renderTables(result: RunResult, goesOn: boolean): Markup {
  // What has not happened yet is not told: nobody knows whether it will.
  const happened = { ...result, injected: result.injected.filter(({ hit }) => hit) };
  const injected = injectedRows(goesOn ? happened : result, INJECTIONS_MAX);
  const shown = worstPeers(result.peers, PEERS_MAX);
  // Nobody failed who had no time to complete.
  const wasStopped = goesOn || result.ending === 'interrupted' || result.ending === 'aborted';
  const more = leftOut(
    result.peers.length,
    shown.length,
    'peers in peers.csv (shown: in trouble, then the slowest)',
  );
  return markup`${renderHtmlTable(groupColumns, result.groups.map(groupRow), { caption: 'Groups' })}
${
  injected.length === 0
    ? nothing
    : renderHtmlTable(
        injectedColumns,
        injected.slice(0, INJECTIONS_MAX).map(({ cells }) => cells),
        {
          caption: goesOn
            ? 'What was injected so far and hit something'
            : 'What was injected and what it hit',
          classes: injected.map(({ hit }) => (hit ? '' : 'inconclusive')),
        },
      )
}
${paragraph(leftOut(injected.length, Math.min(injected.length, INJECTIONS_MAX), 'in result.json'))}${goesOn ? nothing : paragraph(hitNothing(result))}
${renderHtmlTable(peerColumns, shown.map(peerRow), {
  caption: 'Peers',
  classes: shown.map((peer) =>
    isTrouble(peer) && (!wasStopped || peer.integrity === 'corrupt') ? 'fail' : '',
  ),
})}${paragraph(more)}`;
}

function renderCircumstances({ environment, plan, ...result }: RunResult, goesOn: boolean): Markup {
  const ending = result.abortedBy === null ? result.ending : `${result.ending}: ${result.abortedBy}`;
  return renderHtmlTable(
    [{ head: 'what' }, { head: 'value' }],
    [
      ['seed', result.seed],
      ['engine', result.engine],
      ['started', result.startedAt],
      ['set-up, run', `${formatDuration(result.setupMs)}, ${formatDuration(result.elapsedMs)}`],
      ['ended by', `${goesOn ? 'it goes on' : ending} (limit ${exactDuration(plan.timeLimitMs)})`],
      ['version, commit', `${environment.version}, ${environment.commit ?? 'not a git checkout'}`],
      ['Node, platform', `${environment.node}, ${environment.platform}`],
      ['machine', describeMachine(environment)],
      ...(plan.notices ?? []).map((notice) => ['note of the plan', notice]),
    ],
    { caption: 'The same seed and scenario give the same plan; plan.json holds it' },
  );
}
