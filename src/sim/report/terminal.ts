/** The result as a person reads it on a terminal of 100 columns: verdict and doubts first, then the figures. */
import type { RunResult } from '../result/result.ts';
import { figures, show } from './figures.ts';
import type { FigureName } from './figures.ts';
import { flowMatrix, largestFlows } from './flows.ts';
import { formatBytes, formatDuration } from '../units/format.ts';
import { paintWith } from './paint.ts';
import type { Paint } from './paint.ts';
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
  worstPeers,
} from './columns.ts';
import { renderGrid, renderTable } from './table.ts';
import { wrap } from './wrap.ts';

export interface TerminalOptions {
  readonly colours: boolean;
  /** Width of the terminal. Default: 100. */
  readonly columns?: number;
}

const COLUMNS_MAX = 100;
const PEERS_MAX = 16;
const FLOWS_MAX = 10;
const INJECTIONS_MAX = 14;
/** Joins and departures, and then links. */
const INJECTED_ROWS_MAX = 2 * INJECTIONS_MAX;
const SPARK_COLUMNS = 60;
const EFFECT_COLUMNS_MIN = 30;

/** Ends with a newline. No line is wider than 100 columns, unless a name is very long. */
export function renderTerminal(result: RunResult, options: TerminalOptions): string {
  const paint = paintWith(options.colours);
  const sections = [
    verdictSection(result, paint),
    expectationsSection(result, paint),
    figuresSection(result, paint),
    timeSection(result, paint),
    groupsSection(result),
    peersSection(result, paint),
    flowsSection(result, paint),
    injectedSection(result, paint),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function verdictSection(result: RunResult, paint: Paint): string {
  const { verdict, trust, scenario, swarm, plan } = result;
  const colour = { pass: paint.good, fail: paint.bad, inconclusive: paint.warn }[verdict.outcome];
  const outcome = paint.bold(colour(verdict.outcome.toUpperCase()));
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
    `${outcome}  ${paint.bold(scenario.name)}: ${headline(result)}`,
    ...verdict.reasons.map((reason) => wrap(`  ✗ ${reason}`, COLUMNS_MAX, '    ')).map(colour),
    ...trust.warnings.map((warning) => paint.warn(wrap(`  ! ${warning}`, COLUMNS_MAX, '    '))),
    ...(plan.notices ?? []).map((notice) => paint.warn(wrap(`  ! ${notice}`, COLUMNS_MAX, '    '))),
    ...(scenario.description === '' ? [] : [wrap(`  ${scenario.description}`, COLUMNS_MAX, '  ')]),
    paint.dim(wrap(`  ${facts.join(' · ')}`, COLUMNS_MAX, '  ')),
  ].join('\n');
}

/** Each threshold beside what was measured. */
function expectationsSection({ expectations }: RunResult, paint: Paint): string {
  if (expectations.length === 0) return '';
  const rows = expectations.map((one) => {
    const cells = expectationRow(one);
    if (one.outcome === 'pass') return cells;
    return cells.map(one.outcome === 'fail' ? paint.bad : paint.warn);
  });
  return renderTable(expectationColumns, rows);
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

function figuresSection(result: RunResult, paint: Paint): string {
  const pair = (name: FigureName) => [
    paint.dim(figures[name].label),
    name === 'makespan' || name === 'efficiency'
      ? paint.bold(show(name, result))
      : name === 'waste' && result.swarm.wastedBytes > 0
        ? `${show(name, result)} (${formatBytes(result.swarm.wastedBytes)})`
        : show(name, result),
  ];
  const rows = LEFT.map((left, i) => [...pair(left), '   ', ...pair(RIGHT[i]!)]);
  const { bound } = result.swarm;
  const limit = boundLimit(result);
  const note =
    bound.lowerBoundMs === null
      ? `No lower bound: ${bound.note}`
      : `The lower bound is ${limit}. ${bound.note}`;
  return [
    indented(renderGrid(rows, ['left', 'right', 'left', 'left', 'right'])),
    paint.dim(wrap(`  ${note}`, COLUMNS_MAX, '  ')),
  ].join('\n');
}

function timeSection({ samples, verdict }: RunResult, paint: Paint): string {
  const last = samples.at(-1);
  if (samples.length < 2 || last === undefined || last.atMs <= 0) return '';
  const rate = increments(resample(samples, SPARK_COLUMNS, (sample) => sample.usefulBytes, 'line'));
  const complete = resample(samples, SPARK_COLUMNS, (sample) => sample.peersCompleted, 'steps');
  const lines = renderGrid(
    [
      [paint.dim('goodput'), sparkline(rate), paint.dim(`over ${formatDuration(last.atMs)}`)],
      [
        paint.dim('complete'),
        sparkline(complete, verdict.peersToComplete),
        paint.dim(`${last.peersCompleted} of ${verdict.peersToComplete}`),
      ],
    ],
    ['left', 'left', 'left'],
  );
  return indented(lines);
}

/** Only where the peers do not all fit. */
function groupsSection({ groups, peers }: RunResult): string {
  return peers.length > PEERS_MAX ? renderTable(groupColumns, groups.map(groupRow)) : '';
}

function peersSection({ peers }: RunResult, paint: Paint): string {
  const shown = worstPeers(peers, PEERS_MAX);
  const rows = shown.map((peer) => {
    const cells = peerRow(peer);
    return isTrouble(peer) ? cells.map(paint.bad) : cells;
  });
  const more = leftOut(
    peers.length,
    shown.length,
    'peers in peers.csv (shown: in trouble, then the slowest)',
  );
  return joinLines(renderTable(peerColumns, rows), paint.dim(more));
}

function flowsSection(result: RunResult, paint: Paint): string {
  const matrix = flowMatrix(result);
  const largest = largestFlows(result, FLOWS_MAX);
  const list = joinLines(
    renderTable(largest.columns, largest.rows),
    paint.dim(leftOut(result.flows.length, largest.rows.length, 'pairs in result.json')),
  );
  if (matrix === undefined) return result.flows.length === 0 ? '' : list;
  const drawn = renderTable(matrix.columns, matrix.rows);
  const width = Math.max(...drawn.split('\n').map((line) => line.length));
  if (width > COLUMNS_MAX) return list;
  return matrix.of === 'peers' ? drawn : `${drawn}\n\n${list}`;
}

function injectedSection(result: RunResult, paint: Paint): string {
  if (result.injected.length === 0) return '';
  const all = injectedRows(result, INJECTIONS_MAX);
  const shown = all.slice(0, INJECTED_ROWS_MAX);
  // All columns but the last keep their width; two blanks stand between columns.
  const fixed = injectedColumns.slice(0, -1).map(({ head }, i) => {
    return 2 + Math.max(head.length, ...shown.map(({ cells }) => cells[i]!.length));
  });
  const effectWidth = Math.max(
    EFFECT_COLUMNS_MIN,
    COLUMNS_MAX - fixed.reduce((sum, width) => sum + width, 0),
  );
  const rows = shown.map(({ cells, hit }) => {
    const wrapped = [...cells.slice(0, -1), wrap(cells.at(-1)!, effectWidth, '')];
    return hit ? wrapped : wrapped.map(paint.warn);
  });
  const more = leftOut(all.length, shown.length, 'in result.json');
  const nothing = hitNothing(result);
  return joinLines(
    renderTable(injectedColumns, rows),
    paint.dim(more),
    nothing === '' ? '' : paint.warn(`! ${nothing}`),
  );
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function joinLines(...lines: readonly string[]): string {
  return lines.filter((line) => line !== '').join('\n');
}
