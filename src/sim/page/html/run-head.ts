/** What stands before the charts: the verdict in words, whether the figures can be trusted, thresholds, key figures. */
import {
  clockJumpMsMax,
  OTHERS_CPU_SHARE_MAX,
  STOLEN_CPU_SHARE_MAX,
  type MachineChanges,
} from '../../machine/machine-changes.ts';
import { describeThrottling, THROTTLED_SHARE_MAX } from '../../machine/throttling.ts';
import {
  CPU_SHARE_MAX,
  DROPPED_SAMPLES_SHARE_MAX,
  LOAD_BEFORE_MAX,
  LOOP_DELAY_P99_MS_MAX,
  PAUSE_MS_MIN,
  PAUSE_SHARE_MAX,
  SHAPER_LATE_MEAN_MS_MAX,
} from '../../measure/trust/trust.ts';
import { expectationColumns, expectationRow, isUnchecked, thresholdsInWords } from '../../report/columns.ts';
import { hostColumns, hostRows } from '../../report/hosts-table.ts';
import { figures, show, type Figure, type FigureName } from '../../report/figures.ts';
import type { RunResult } from '../../result/result.ts';
import { formatDuration, formatPercent, formatRatio } from '../../units/format.ts';
import { markup, nothing, prose, type Markup } from './markup.ts';
import { renderHtmlTable } from './table.ts';

const TILES: readonly FigureName[] = [
  'makespan',
  'lowerBound',
  'goodput',
  'uploadUtilisation',
  'seederLoad',
  'fairness',
  'waste',
  'overhead',
];

/** `50 of 50 peers complete and verified; makespan 31.2 s, 1.19 × the lower bound; trusted`. */
export function headlineInWords(result: RunResult): string {
  const { verdict, swarm, trust, abortedBy, ending, elapsedMs } = result;
  const { completedPeers, peersToComplete } = verdict;
  const peers = peersToComplete === 1 ? 'peer' : 'peers';
  const { makespanMs, bound } = swarm;
  const factor = bound.efficiency === null ? '' : `, ${formatRatio(1 / bound.efficiency)} × the lower bound`;
  return [
    ...(ending === 'interrupted' ? [`interrupted after ${formatDuration(elapsedMs)}`] : []),
    `${completedPeers.toLocaleString('en-US')} of ${peersToComplete.toLocaleString('en-US')} ${peers} ${intactness(result)}`,
    makespanMs === null ? 'no makespan' : `makespan ${formatDuration(makespanMs)}${factor}`,
    ...thresholdsInWords(result),
    ...(abortedBy === null ? [] : [`given up: ${abortedBy}`]),
    trust.level,
  ].join('; ');
}

/** What is not checked is not corrupt. */
function intactness(result: RunResult): string {
  const { completedPeers, intactPeers } = result.verdict;
  if (completedPeers === 0) return 'complete';
  if (intactPeers === completedPeers) return 'complete and verified';
  if (isUnchecked(result)) return 'complete, content not checked';
  return `complete, ${intactPeers.toLocaleString('en-US')} intact`;
}

export function renderVerdict(result: RunResult): Markup {
  const { verdict, trust } = result;
  const why = [...verdict.reasons, ...trust.warnings];
  const reasons =
    why.length === 0 ? nothing : markup`<ul>${why.map((reason) => markup`<li>${prose(reason)}</li>`)}</ul>`;
  // Where the run is untrusted, the first reason has it.
  const isTold = why.some((reason) => trust.remedy !== null && reason.includes(trust.remedy));
  const remedy =
    trust.remedy === null || isTold ? nothing : markup`<span>What helps: ${prose(trust.remedy)}.</span>`;
  const tone =
    trust.level === 'trusted' ? verdict.outcome : verdict.outcome === 'fail' ? 'fail' : trust.level;
  return markup`<div class="verdict ${tone}"><strong>${verdict.outcome}</strong> <span>${prose(headlineInWords(result))}</span>${reasons}${remedy}</div>`;
}

/** In the place of a verdict, while the run goes on. */
export function renderSoFar({ verdict, elapsedMs }: RunResult): Markup {
  const { completedPeers, peersToComplete } = verdict;
  const peers = `${completedPeers.toLocaleString('en-US')} of ${peersToComplete.toLocaleString('en-US')} peers complete`;
  return markup`<div class="verdict running"><strong>goes on</strong> <span>${peers} after ${formatDuration(elapsedMs)}; every figure is of the run so far</span></div>`;
}

export function renderThresholds({ expectations, trust }: RunResult): Markup {
  if (expectations.length === 0) return nothing;
  const doubt =
    trust.level === 'untrusted'
      ? '. The run is untrusted: the host may have decided what is measured here'
      : '';
  return renderHtmlTable(expectationColumns, expectations.map(expectationRow), {
    caption: `Thresholds of the scenario; a metric without data is inconclusive, never a pass${doubt}`,
    classes: expectations.map(({ outcome }) => outcome),
  });
}

export function renderTiles(result: RunResult): Markup {
  const tiles = TILES.map((name) => {
    const { label, meaning }: Figure = figures[name];
    return markup`<div><dt>${label}</dt><dd>${show(name, result)} <span class="about">${meaning}</span></dd></div>`;
  });
  return markup`<dl class="tiles">${tiles}</dl>`;
}

/** Every signal of trust with its limit: what would have to be told apart from the scenario. */
export function renderTrust(result: RunResult): Markup {
  const { trust, engine, swarm, elapsedMs } = result;
  const { host } = trust;
  const periodMs = swarm.makespanMs ?? elapsedMs;
  const pauseMs = Math.max(PAUSE_MS_MIN, PAUSE_SHARE_MAX * periodMs);
  const about =
    engine === 'virtual'
      ? 'The run was in virtual time: the speed of the host decides how long one waits, not what is measured.'
      : 'Above a limit the host, not the scenario, may have decided figures.';
  const rows = [
    row('event-loop delay, 99th percentile', host.loopDelayP99Ms, LOOP_DELAY_P99_MS_MAX, formatDuration),
    row('longest pause of a thread', host.loopDelayMaxMs, pauseMs, formatDuration),
    row('share of the processors it may use', host.cpuShare, CPU_SHARE_MAX, formatPercent),
    row('load a core before the run', host.loadBefore, LOAD_BEFORE_MAX, formatRatio),
    row('shaped messages late, mean', trust.shaperLateMeanMs, SHAPER_LATE_MEAN_MS_MAX, formatDuration),
    ...(typeof host.throttledShare === 'number'
      ? [
          row(
            describeThrottling(host.throttledShare),
            host.throttledShare,
            THROTTLED_SHARE_MAX,
            formatPercent,
          ),
        ]
      : []),
    ...(typeof trust.droppedSamplesShare === 'number'
      ? [
          row(
            'samples of the swarm that were dropped',
            trust.droppedSamplesShare,
            DROPPED_SAMPLES_SHARE_MAX,
            formatPercent,
          ),
        ]
      : []),
    ...(host.changes === undefined ? [] : changeRows(host.changes, periodMs)),
  ];
  const remedy = trust.remedy === null ? nothing : markup`<p>What helps: ${trust.remedy}.</p>`;
  if (engine === 'virtual') return markup`<p>${about}</p>${remedy}`;
  return markup`<p>${about}</p>${remedy}${renderHtmlTable(
    [
      { head: 'what the host did' },
      { head: 'measured', align: 'right' },
      { head: 'limit', align: 'right' },
      { head: '' },
    ],
    rows.map(({ cells }) => cells),
    { caption: `Trust: ${trust.level}`, classes: rows.map(({ isOver }) => (isOver ? 'inconclusive' : '')) },
  )}${renderHosts(result)}`;
}

function changeRows(changes: MachineChanges, periodMs: number): ReturnType<typeof row>[] {
  const { othersCpuShare, stolenCpuShare, coresBefore, coresAfter, clockJumpMs } = changes;
  const isOver = coresAfter !== coresBefore;
  return [
    row('cores used by other programs during the run', othersCpuShare, OTHERS_CPU_SHARE_MAX, formatPercent),
    row(
      'cores that the host of this virtual machine took',
      stolenCpuShare,
      STOLEN_CPU_SHARE_MAX,
      formatPercent,
    ),
    {
      cells: [
        'cores that the run may use, before and after',
        `${coresBefore}, ${coresAfter}`,
        'no change',
        isOver ? 'changed' : 'within',
      ],
      isOver,
    },
    row(
      'clock of the day against that of the run',
      Math.abs(clockJumpMs),
      clockJumpMsMax(periodMs),
      formatDuration,
    ),
  ];
}

function renderHosts(result: RunResult): Markup {
  const rows = hostRows(result);
  if (rows.length === 0) return nothing;
  return renderHtmlTable(hostColumns, rows, {
    caption: 'Hosts; times of one may be wrong against the others by its “clock ±”',
    classes: rows.map((row) => (row.at(-1) === 'trusted' ? '' : 'inconclusive')),
  });
}

function row(
  what: string,
  value: number | null,
  limit: number,
  format: (value: number | null) => string,
): { readonly cells: readonly string[]; readonly isOver: boolean } {
  const isOver = value !== null && value > limit;
  const note = value === null ? 'not measured' : isOver ? 'above' : 'within';
  return { cells: [what, format(value), format(limit), note], isOver };
}
