/** What a plan needs of the machine, how long it takes, and what stands in its way. */
import { describeCarrier, type Forecast } from '../../experiment/forecast.ts';
import { describeOverload, describeRemedies } from '../../experiment/overload.ts';
import { latestEnd } from '../../plan/latest-end.ts';
import type { Plan } from '../../plan/plan.ts';
import { describeShortage, fittingText, type Shortage } from '../../plan/shortage.ts';
import { exactDuration } from '../../units/exact-format.ts';
import { formatBytes, formatDuration } from '../../units/format.ts';
import { limitWords } from '../columns.ts';
import { lines, type Section } from './section.ts';

export function forecastSection(plan: Plan, one: Forecast): Section {
  const {
    bound,
    clientServerMs,
    setupMs,
    runMs,
    threads,
    memoryBytes,
    descriptorsMax,
    diskBytes,
    shortages,
  } = one;
  const term = bound.limitedBy === null ? '' : `, ${limitWords[bound.limitedBy]}`;
  return lines([
    ['lower bound', `${boundText(one)}${term}`],
    ...(clientServerMs === null
      ? []
      : [
          [
            'client-server',
            `${formatDuration(clientServerMs)} if the seeders sent every byte themselves`,
          ] as const,
        ]),
    [
      'time',
      runMs === null
        ? `${timeText(plan, one)} (set-up about ${formatDuration(setupMs)})`
        : `${timeText(plan, one)}, in virtual time; computing it takes about ${formatDuration(setupMs + runMs)}`,
    ],
    [
      'needs',
      runMs !== null
        ? `1 thread, about ${formatBytes(memoryBytes)} of memory`
        : `${threads} threads, about ${formatBytes(memoryBytes)} of memory, up to ${descriptorsMax} file descriptors, ` +
          `${formatBytes(diskBytes)} of temporary files`,
    ],
    ...hostRows(one),
    ...(one.fitted ?? []).map((note): [string, string] => ['fitted', note]),
    ...(one.processorMs === undefined
      ? []
      : [
          [
            'processor',
            `about ${formatDuration(one.processorMs)} of processor time, within a factor of two`,
          ] as const,
        ]),
    ['can be run', shortages.length === 0 ? possibleText(one) : `no: ${shortageText(shortages)}`],
    ...overloadRows(plan, one),
    ...(one.carriedBy === null ? [] : [['or', describeCarrier(one.carriedBy)] as const]),
    ...(one.peersMax === null ? [] : [['would fit', fittingText(plan.peers.length, one.peersMax)] as const]),
  ]);
}

/** More than fit into a look at it. */
const HOSTS_SHOWN = 12;

/** Of a run over several hosts, those that have most to do for a core first. */
function hostRows({ hosts = [] }: Forecast): [string, string][] {
  const load = ({ processorMs, cores }: (typeof hosts)[number]): number => processorMs / cores;
  const rows = hosts
    .toSorted((a, b) => load(b) - load(a))
    .slice(0, HOSTS_SHOWN)
    .map(({ name, peers, threads, memoryBytes, processorMs, cores }): [string, string] => [
      `host ${name}`,
      `${peers} ${peers === 1 ? 'peer' : 'peers'} in ${threads} threads, about ${formatBytes(memoryBytes)} of memory, about ` +
        `${formatDuration(processorMs)} of processor time on ${cores} ${cores === 1 ? 'core' : 'cores'}`,
    ]);
  const left = hosts.length - rows.length;
  return left === 0 ? rows : [...rows, ['hosts', `${left} more, with less to do for a core`]];
}

/** What has too little of the processor can be begun, but what it shows is the machine. */
function overloadRows(plan: Plan, { overload }: Forecast): [string, string][] {
  if (overload === null) return [];
  const verdict = overload.likely ? 'the run will not be trustworthy' : 'the run may not be trustworthy';
  const remedies = describeRemedies(overload, plan).map((remedy): [string, string] => ['or', remedy]);
  return [['trust', `${verdict}: ${describeOverload(overload)}`], ...remedies];
}

function possibleText({ elsewhere }: Forecast): string {
  if (elsewhere === undefined) return 'yes, as this machine is now';
  const decides = 'the agent that gets the run decides when it begins';
  const { shortHere } = elsewhere;
  return shortHere.length === 0 ? decides : `${decides}; not on this machine: ${shortageText(shortHere)}`;
}

function shortageText(shortages: readonly Shortage[]): string {
  if (shortages.length === 1) return describeShortage(shortages[0]!);
  const items = shortages.map((shortage) => `- ${describeShortage(shortage)}`);
  return [`${shortages.length} things are short`, ...items].join('\n');
}

/** From the start of the program to the end of the run, at the least and at the most. */
export function spanOf(plan: Plan, one: Forecast): { leastMs: number; mostMs: number } {
  const { setupMs, runMs } = one;
  if (runMs !== null) return { leastMs: setupMs + runMs, mostMs: setupMs + runMs };
  const { leastMs, mostMs } = distributionOf(plan, one);
  return { leastMs: setupMs + leastMs, mostMs: setupMs + mostMs };
}

/** How long the swarm takes, by its own clock. */
function distributionOf(plan: Plan, { bound }: Forecast): { leastMs: number; mostMs: number } {
  const mostMs = latestEnd(plan).ms;
  const lastMs = plan.until === 'sessions' ? lastSessionMs(plan) : 0;
  const leastMs = Math.min(Math.max(Number.isFinite(bound.ms) ? bound.ms : 0, lastMs), mostMs);
  return { leastMs, mostMs };
}

function timeText(plan: Plan, one: Forecast): string {
  const { ms, by } = latestEnd(plan);
  const { leastMs, mostMs } = one.runMs === null ? spanOf(plan, one) : distributionOf(plan, one);
  const most = formatDuration(mostMs);
  const limit = by === null ? `the time limit of ${exactDuration(ms)}` : `abort_on ${by}`;
  if (one.bound.ms > ms) return `${most}, and incomplete by then: the lower bound is above ${limit}`;
  return `at least ${formatDuration(leastMs)}, at most ${most}${by === null ? '' : `, when ${by} gives up`}`;
}

/** Of those whose time is known. */
function lastSessionMs({ peers }: Plan): number {
  return peers
    .flatMap(({ sessions }) => sessions)
    .reduce((last, session) => ('joinMs' in session ? Math.max(last, session.joinMs) : last), 0);
}

export function boundText({ bound }: Forecast): string {
  if (bound.ms === Infinity) return 'never: no holder, or no uplink, could deliver some chunk';
  return bound.limitedBy === null ? 'none: no rate of a link limits the run' : formatDuration(bound.ms);
}
