/** report.md: everything about one run for a reader who was not there. */
import { remedyOfDoubt } from '../measure/trust/trust.ts';
import { describeMachine } from '../result/machine-text.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunResult } from '../result/result.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { figures, show } from './figures.ts';
import type { Figure, FigureName } from './figures.ts';
import { flowMatrix, largestFlows } from './flows.ts';
import { exactDuration, exactShare } from '../units/exact-format.ts';
import { formatBytes, formatDuration, formatPercent, formatRatio } from '../units/format.ts';
import { renderPlanSummary } from './plan-summary.ts';
import { barChart, increments, resample } from './plot.ts';
import {
  boundLimit,
  expectationColumns,
  expectationRow,
  groupColumns,
  groupRow,
  headline,
  hitNothing,
  injectedColumns,
  injectedRows,
  leftOut,
  peerColumns,
  peerRow,
  verdictWord,
  worstPeers,
} from './columns.ts';
import { hostColumns, hostRows } from './hosts-table.ts';
import { renderMarkdownTable } from './table.ts';

const PEERS_MAX = 50;
const FLOWS_MAX = 20;
const INJECTIONS_MAX = 100;
const CHART_COLUMNS = 64;
const CHART_LINES = 8;

export function renderMarkdown(result: RunResult): string {
  const sections = [
    verdictSection(result),
    expectationsSection(result),
    figuresSection(result),
    chartsSection(result),
    section('Groups', renderMarkdownTable(groupColumns, result.groups.map(groupRow))),
    peersSection(result),
    flowsSection(result),
    injectedSection(result),
    renderPlanSummary(result.plan),
    hostsSection(result),
    circumstancesSection(result),
    filesSection(result.plan),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function section(title: string, ...parts: readonly string[]): string {
  return [`## ${title}`, ...parts.filter((part) => part !== '')].join('\n\n');
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function verdictSection({ verdict, trust, scenario, plan, ...rest }: RunResult): string {
  const doubt =
    trust.level === 'untrusted'
      ? `**Untrusted**: the host, not the scenario, decided this run.`
      : `**Doubtful**: the host, not the scenario, may have decided some figures.`;
  return [
    `# ${escapeMarkdown(scenario.name)}: ${verdictWord(verdict.outcome, trust.level)}`,
    `**${verdictWord(verdict.outcome.toUpperCase(), trust.level)}**: ${headline({ verdict, trust, scenario, plan, ...rest })}.`,
    list(verdict.reasons.map(escapeMarkdown)),
    trust.warnings.length === 0
      ? ''
      : `${doubt}

${list([...trust.warnings, ...remedyOfDoubt(trust)].map(escapeMarkdown))}`,
    plan.notices === undefined
      ? ''
      : `Notes of the plan:

${list(plan.notices.map(escapeMarkdown))}`,
    escapeMarkdown(scenario.description),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function expectationsSection({ expectations }: RunResult): string {
  if (expectations.length === 0) return '';
  return section(
    'Expectations',
    'A metric without data is inconclusive, never a pass.',
    renderMarkdownTable(expectationColumns, expectations.map(expectationRow)),
  );
}

function figuresSection(result: RunResult): string {
  const rows = (Object.keys(figures) as FigureName[]).map((name) => {
    const figure: Figure = figures[name];
    return [figure.label, show(name, result), figure.meaning];
  });
  const { bound } = result.swarm;
  const note =
    bound.lowerBoundMs === null
      ? `There is no lower bound. ${bound.note}`
      : `The lower bound is ${boundLimit(result)}. ${bound.note}`;
  return section(
    'Figures',
    renderMarkdownTable([{ head: 'figure' }, { head: 'value', align: 'right' }, { head: 'meaning' }], rows),
    note,
    'Sizes are in powers of 1024, rates in bit/s with powers of 1000; `–` means that there is no data.',
  );
}

function chartsSection({ samples, verdict }: RunResult): string {
  const last = samples.at(-1);
  if (samples.length < 2 || last === undefined || last.atMs <= 0) return '';
  const useful = resample(samples, CHART_COLUMNS, (sample) => sample.usefulBytes, 'line');
  const complete = resample(samples, CHART_COLUMNS, (sample) => sample.peersCompleted, 'steps');
  const rate = increments(useful);
  const scale = { height: CHART_LINES, endMs: last.atMs };
  const fence = (title: string, chart: string) => `${title}\n\n\`\`\`text\n${chart}\n\`\`\``;
  return section(
    'Over time',
    fence(
      'Useful bytes of all peers:',
      barChart(useful, { ...scale, top: last.usefulBytes, label: formatBytes(last.usefulBytes) }),
    ),
    fence(
      'Useful bytes per second, relative to the best moment:',
      barChart(rate, { ...scale, top: Math.max(...rate), label: 'best' }),
    ),
    fence(
      'Peers that must complete and have:',
      barChart(complete, {
        ...scale,
        top: verdict.peersToComplete,
        label: `${verdict.peersToComplete} peers`,
      }),
    ),
  );
}

function peersSection({ peers }: RunResult): string {
  const shown = worstPeers(peers, PEERS_MAX);
  const legend =
    '`took`: from its join to its last chunk. `chunks`: at its start → at the end. `ratio`: sent / received. ' +
    '`uplink`: payload sent / what its uplink could have sent. `content`: from the bytes at the end of the run.';
  return section(
    'Peers',
    renderMarkdownTable(peerColumns, shown.map(peerRow)),
    leftOut(peers.length, shown.length, 'peers in peers.csv (shown: in trouble, then the slowest)'),
    legend,
  );
}

function flowsSection(result: RunResult): string {
  if (result.flows.length === 0) return '';
  const matrix = flowMatrix(result);
  const largest = largestFlows(result, FLOWS_MAX);
  return section(
    'Who sent how much to whom',
    'Useful payload only. Clients from outside the plan appear by their address.',
    matrix === undefined ? '' : renderMarkdownTable(matrix.columns, matrix.rows),
    matrix?.of === 'peers' ? '' : renderMarkdownTable(largest.columns, largest.rows),
    matrix?.of === 'peers' ? '' : leftOut(result.flows.length, largest.rows.length, 'pairs in result.json'),
  );
}

function injectedSection(result: RunResult): string {
  if (result.injected.length === 0) return '';
  const rows = injectedRows(result, INJECTIONS_MAX);
  const shown = rows.slice(0, INJECTIONS_MAX);
  return section(
    'What was injected and what it hit',
    'An injection that hit nothing proves nothing.',
    renderMarkdownTable(
      injectedColumns,
      shown.map(({ cells }) => cells),
    ),
    leftOut(rows.length, shown.length, 'in result.json'),
    hitNothing(result) === '' ? '' : `**${hitNothing(result)}**`,
  );
}

function hostsSection(result: RunResult): string {
  const rows = hostRows(result);
  return rows.length === 0
    ? ''
    : section(
        'Hosts',
        renderMarkdownTable(hostColumns, rows),
        'Times of a host may be wrong against the others by its `clock ±`.',
      );
}

function circumstancesSection(result: RunResult): string {
  const { environment, trust, plan } = result;
  const { host } = trust;
  return section(
    'How it was run',
    renderMarkdownTable(
      [{ head: 'what' }, { head: 'value' }],
      [
        ['seed', result.seed],
        ['engine', result.engine],
        ['started', result.startedAt],
        ['set-up, run', `${formatDuration(result.setupMs)}, ${formatDuration(result.elapsedMs)}`],
        ['ended by', `${result.ending} (limit ${exactDuration(plan.timeLimitMs)})`],
        ['version, commit', `${environment.version}, ${environment.commit ?? 'not a git checkout'}`],
        ['Node, platform', `${environment.node}, ${environment.platform}`],
        ['machine', describeMachine(environment)],
        [
          'processor use in the run, load a core before',
          `${formatPercent(host.cpuShare)}, ${formatRatio(host.loadBefore)}`,
        ],
        [
          'event-loop delay, 99th percentile and largest',
          `${formatDuration(host.loopDelayP99Ms)}, ${formatDuration(host.loopDelayMaxMs)}`,
        ],
        [
          'shaper late, mean and largest',
          `${formatDuration(trust.shaperLateMeanMs)}, ${formatDuration(trust.shaperLateMaxMs)}`,
        ],
        ...(host.fitted ?? []).map((note): [string, string] => ['fitted to the machine', note]),
        ...(host.sliceMs === undefined ? [] : [['slice of a rate', exactDuration(host.sliceMs)]]),
        ['largest memory', formatBytes(host.maxRssBytes)],
        ...(host.foldersInMemory === undefined
          ? []
          : [["peers' folders", host.foldersInMemory ? 'in memory' : 'on disk']]),
      ],
    ),
    'The same seed and scenario give the same plan; `plan.json` holds it.',
  );
}

function filesSection(plan: Plan): string {
  return section(
    'Files',
    list([
      '`result.json`: every figure of this report, with `schemaVersion`',
      '`plan.json`: the scenario with every random value drawn',
      ...eventsFile(plan),
      '`report.html`: all of it with charts and a replay, in one file for a browser',
      '`peers.csv`: one line per peer; `timeline.csv`: the swarm over time',
    ]),
  );
}

function eventsFile({ record }: Plan): string[] {
  const events = record?.events ?? 1;
  if (events === 'none') return [];
  const what = events === 1 ? '' : ` to ${exactShare(events)} of the chunks, and all that is about no chunk`;
  return [`\`events.jsonl\`: what happened${what}, one event per line, in order of time`];
}
