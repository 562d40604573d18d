/** The result as a person reads it on a terminal as wide as it is: verdict and doubts first, then the figures. */
import { remedyOfDoubt } from '../measure/trust/trust.ts';
import stringWidth from 'string-width';
import type { RunResult } from '../result/result.ts';
import { figures, show } from './figures.ts';
import type { FigureName } from './figures.ts';
import { flowMatrix, largestFlows } from './flows.ts';
import { formatBytes, formatDuration } from '../units/format.ts';
import { pageOf, type Page, type TerminalOptions } from './page.ts';
import { increments, resample, sparkline } from './plot.ts';
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
  isTrouble,
  leftOut,
  peerColumns,
  peerRow,
  verdictWord,
  worstPeers,
} from './columns.ts';
import { renderGrid, renderTable, renderTableWithin } from './table.ts';
import { wrap } from './wrap.ts';

const PEERS_MAX = 16;
const FLOWS_MAX = 10;
const INJECTIONS_MAX = 14;
/** Joins and departures, and then links. */
const INJECTED_ROWS_MAX = 2 * INJECTIONS_MAX;
const SPARK_COLUMNS_MAX = 60;
/** What stands beside a spark line: its name and what it goes up to. */
const SPARK_MARGIN = 40;

/** Ends with a newline. No line is wider than the terminal, unless a name is very long. */
export function renderTerminal(result: RunResult, options: TerminalOptions): string {
  const page = pageOf(options);
  const sections = [
    verdictSection(result, page),
    expectationsSection(result, page),
    figuresSection(result, page),
    timeSection(result, page),
    groupsSection(result, page),
    peersSection(result, page),
    flowsSection(result, page),
    injectedSection(result, page),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function verdictSection(result: RunResult, page: Page): string {
  const { verdict, trust, scenario, swarm, plan } = result;
  const colour = { pass: page.good, fail: page.bad, inconclusive: page.warn }[verdict.outcome];
  const outcome = page.bold(colour(verdictWord(verdict.outcome.toUpperCase(), trust.level)));
  const facts = [
    ...(result.plan.variant === null
      ? []
      : [`arm ${result.plan.variant.arm}, repeat ${result.plan.variant.repeat}`]),
    `seed ${result.seed}`,
    `${result.engine} engine`,
    `${result.peers.length} peers`,
    `${swarm.totalChunks} chunks, ${formatBytes(swarm.contentBytes)}`,
    `ready in ${formatDuration(result.setupMs)}, ran ${formatDuration(result.elapsedMs)}`,
  ];
  return [
    wrap(`${outcome}  ${page.bold(scenario.name)}: ${headline(result)}`, page.proseColumns, '  '),
    ...verdict.reasons.map((reason) => wrap(`  ✗ ${reason}`, page.proseColumns, '    ')).map(colour),
    ...trust.warnings.map((warning) => page.warn(wrap(`  ! ${warning}`, page.proseColumns, '    '))),
    ...remedyOfDoubt(trust).map((line) => page.warn(wrap(`  ! ${line}`, page.proseColumns, '    '))),
    ...(plan.notices ?? []).map((notice) => page.warn(wrap(`  ! ${notice}`, page.proseColumns, '    '))),
    ...(scenario.description === '' ? [] : [wrap(`  ${scenario.description}`, page.proseColumns, '  ')]),
    page.dim(wrap(`  ${facts.join(' · ')}`, page.proseColumns, '  ')),
  ].join('\n');
}

/** Each threshold beside what was measured. */
function expectationsSection({ expectations }: RunResult, page: Page): string {
  if (expectations.length === 0) return '';
  const rows = expectations.map((one) => {
    const cells = expectationRow(one);
    if (one.outcome === 'pass') return cells;
    return cells.map(one.outcome === 'fail' ? page.bad : page.warn);
  });
  return renderTableWithin(expectationColumns, rows, page.columns);
}

const LEFT: readonly FigureName[] = [
  'makespan',
  'lowerBound',
  'efficiency',
  'storeAndForward',
  'clientServer',
  'goodput',
  'throughput',
  'uploadUtilisation',
  'overhead',
];

const RIGHT: readonly FigureName[] = [
  'completionMin',
  'completionMedian',
  'completionP95',
  'completionMax',
  'seederLoad',
  'fairness',
  'waste',
  'trackerRequests',
  'trackerRate',
];

function figuresSection(result: RunResult, page: Page): string {
  const pair = (name: FigureName) => [
    page.dim(figures[name].label),
    name === 'makespan' || name === 'efficiency'
      ? page.bold(show(name, result))
      : name === 'waste' && result.swarm.wastedBytes > 0
        ? `${show(name, result)} (${formatBytes(result.swarm.wastedBytes)})`
        : show(name, result),
  ];
  const sideBySide = renderGrid(
    LEFT.map((left, i) => [...pair(left), '   ', ...pair(RIGHT[i]!)]),
    ['left', 'right', 'left', 'left', 'right'],
  );
  const grid = isWithin(sideBySide, page.columns - 2)
    ? sideBySide
    : renderGrid([...LEFT, ...RIGHT].map(pair), ['left', 'right']);
  const { bound } = result.swarm;
  const limit = boundLimit(result);
  const note =
    bound.lowerBoundMs === null
      ? `No lower bound: ${bound.note}`
      : `The lower bound is ${limit}. ${bound.note}`;
  return [indented(grid), page.dim(wrap(`  ${note}`, page.proseColumns, '  '))].join('\n');
}

function timeSection({ samples, verdict }: RunResult, page: Page): string {
  const last = samples.at(-1);
  if (samples.length < 2 || last === undefined || last.atMs <= 0) return '';
  const columns = Math.max(8, Math.min(SPARK_COLUMNS_MAX, page.columns - SPARK_MARGIN));
  const rate = increments(resample(samples, columns, (sample) => sample.usefulBytes, 'line'));
  const complete = resample(samples, columns, (sample) => sample.peersCompleted, 'steps');
  const lines = renderGrid(
    [
      [page.dim('goodput'), sparkline(rate), page.dim(`over ${formatDuration(last.atMs)}`)],
      [
        page.dim('peers complete'),
        sparkline(complete, verdict.peersToComplete),
        page.dim(`${last.peersCompleted} of ${verdict.peersToComplete}`),
      ],
    ],
    ['left', 'left', 'left'],
  );
  return indented(lines);
}

function groupsSection({ groups }: RunResult, page: Page): string {
  return renderTableWithin(groupColumns, groups.map(groupRow), page.columns);
}

function peersSection({ peers }: RunResult, page: Page): string {
  const shown = worstPeers(peers, PEERS_MAX);
  const rows = shown.map((peer) => {
    const cells = peerRow(peer);
    return isTrouble(peer) ? cells.map(page.bad) : cells;
  });
  const more = leftOut(
    peers.length,
    shown.length,
    'peers in peers.csv (shown: in trouble, then the slowest)',
  );
  return joinLines(renderTableWithin(peerColumns, rows, page.columns), note(more, page));
}

function flowsSection(result: RunResult, page: Page): string {
  const matrix = flowMatrix(result);
  const largest = largestFlows(result, FLOWS_MAX);
  const list = joinLines(
    renderTableWithin(largest.columns, largest.rows, page.columns),
    note(leftOut(result.flows.length, largest.rows.length, 'pairs in result.json'), page),
  );
  if (matrix === undefined) return result.flows.length === 0 ? '' : list;
  const drawn = renderTable(matrix.columns, matrix.rows);
  if (!isWithin(drawn, page.columns)) return list;
  return matrix.of === 'peers' ? drawn : `${drawn}\n\n${list}`;
}

function injectedSection(result: RunResult, page: Page): string {
  if (result.injected.length === 0) return '';
  const all = injectedRows(result, INJECTIONS_MAX);
  const shown = all.slice(0, INJECTED_ROWS_MAX);
  const rows = shown.map(({ cells, hit }) => (hit ? [...cells] : cells.map(page.warn)));
  const more = leftOut(all.length, shown.length, 'in result.json');
  const nothing = hitNothing(result);
  return joinLines(
    renderTableWithin(injectedColumns, rows, page.columns),
    note(more, page),
    nothing === '' ? '' : page.warn(wrap(`! ${nothing}`, page.proseColumns, '  ')),
  );
}

function note(text: string, page: Page): string {
  return text === '' ? '' : page.dim(wrap(text, page.proseColumns, '  '));
}

function isWithin(text: string, columns: number): boolean {
  return text.split('\n').every((line) => stringWidth(line) <= columns);
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function joinLines(...lines: readonly string[]): string {
  return lines.filter((line) => line !== '').join('\n');
}
