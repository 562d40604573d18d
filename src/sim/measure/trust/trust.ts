/** Whether the host, not the scenario, may have decided the figures. */
import { formatDuration, formatPercent, formatRatio } from '../../units/format.ts';
import { describeChanges } from '../../machine/machine-changes.ts';
import { THROTTLED_SHARE_MAX, describeThrottling } from '../../machine/throttling.ts';
import { CLOCK_ERROR_MS_MAX } from '../../engines/cluster/clock-offset.ts';
import type { HostOfRun, HostRecord, RunRecord } from '../../engines/engine.ts';
import type { Plan } from '../../plan/plan.ts';
import type { PeerFigures, SwarmFigures, Trust, TrustLevel } from '../../result/result.ts';
import { leakWarnings } from './leaks.ts';
import { REMEDY_OF_OTHERS, remedyOfRun } from './remedy.ts';

/** Above it the processor is the bottleneck: what is measured is this machine. */
export const CPU_SHARE_MAX = 0.9;

/** Load before the run, a core: above it other programs compete with the run. */
export const LOAD_BEFORE_MAX = 0.7;

/** How the warning of it begins. */
const BUSY_BEFORE = 'The machine was busy before the run';

/** Every message through a worker may wait this long; 20 ms is a common one-way latency in scenarios. */
export const LOOP_DELAY_P99_MS_MAX = 20;

/** The share of the makespan that a single pause of a thread may take before it is worth a warning… */
export const PAUSE_SHARE_MAX = 0.05;

/** …and the shortest pause that is, in ms. */
export const PAUSE_MS_MIN = 50;

/** Real timers are late by about 1 ms; more than this on average bends latencies and rates. */
export const SHAPER_LATE_MEAN_MS_MAX = 5;

/** Of the samples that were due: with more missing, curves and conditions have gaps… */
export const DROPPED_SAMPLES_SHARE_MAX = 0.05;

/** …and with so many, nobody has seen how the swarm got on. */
export const UNTRUSTED_DROPPED_SAMPLES_SHARE_MIN = 0.5;

/** Threads that react so late are hardly run at all. */
const UNTRUSTED_LOOP_DELAY_P99_MS_MIN = 1000;

/** The share of the makespan, and the time in ms, that a single pause must take to have decided the run. */
const UNTRUSTED_PAUSE_SHARE_MIN = 0.25;
const UNTRUSTED_PAUSE_MS_MIN = 2000;

/** Latencies and rates are then those of the machine. */
const UNTRUSTED_SHAPER_LATE_MEAN_MS_MIN = 250;

/** @param cores that the process of the run may use */
export function judgeTrust(
  { plan, record, cores }: { readonly plan: Plan; readonly record: RunRecord; readonly cores: number },
  swarm: SwarmFigures,
  peers: readonly PeerFigures[],
): Trust {
  const { host } = record;
  const releases = record.peers.reduce((sum, { shaping }) => sum + shaping.releases, 0);
  const lateMs = record.peers.reduce((sum, { shaping }) => sum + shaping.lateMsTotal, 0);
  // Connections wait for their turn on links, too, that let every message go at once.
  const lateMsMax = record.peers.reduce((max, { shaping }) => Math.max(max, shaping.lateMsMax), 0);
  const signals: Signals = {
    host,
    periodMs: swarm.makespanMs ?? record.elapsedMs,
    shaperLateMeanMs: releases > 0 ? lateMs / releases : null,
    shaperLateMaxMs: releases > 0 || lateMsMax > 0 ? lateMsMax : null,
    droppedSamplesShare: droppedShare(record),
  };
  // In virtual time the host's speed decides how long one waits, not what is measured.
  const { cause, warnings, remedy } =
    record.engine === 'virtual'
      ? { cause: null, warnings: [], remedy: null }
      : judgeHost(signals, remedyOfRun(plan, host, cores));
  const all = [...warnings, ...leakWarnings(swarm, peers)];
  const { shaperLateMeanMs, shaperLateMaxMs, droppedSamplesShare } = signals;
  return {
    level: cause !== null ? 'untrusted' : all.length === 0 ? 'trusted' : 'doubtful',
    cause,
    remedy,
    warnings: all,
    host,
    shaperLateMeanMs,
    shaperLateMaxMs,
    droppedSamplesShare,
  };
}

/** What a verdict on the host is made of. */
interface Signals extends Pick<Trust, 'host' | 'shaperLateMeanMs' | 'shaperLateMaxMs'> {
  /** The makespan, or how long the run took. */
  readonly periodMs: number;
  readonly droppedSamplesShare: number | null;
}

/** `helps`: against what is wrong with the run itself. */
function judgeHost(signals: Signals, helps: string): Pick<Trust, 'cause' | 'remedy' | 'warnings'> {
  const { host, periodMs, shaperLateMeanMs, droppedSamplesShare } = signals;
  const ofRun = [...useWarnings(host), ...delayWarnings(signals), ...sampleWarnings(droppedSamplesShare)];
  // Names only: what is wrong with them stands in the others, unless one was lost.
  const ofHosts = hostWarnings(host, periodMs);
  const ofOthers = [
    ...loadBeforeWarnings(host),
    ...clockWarnings(host),
    ...(host.changes === undefined ? [] : describeChanges(host.changes, periodMs)),
  ];
  const cause = untrustedCause(host, shaperLateMeanMs, periodMs) ?? sampleCause(droppedSamplesShare);
  const isOthersAlone = ofRun.length === 0 && ofOthers.length > 0;
  const warnings = [...ofOthers, ...ofRun, ...ofHosts];
  return {
    cause,
    remedy: warnings.length === 0 ? null : isOthersAlone ? REMEDY_OF_OTHERS : helps,
    warnings,
  };
}

function droppedShare({ sampling }: RunRecord): number | null {
  if (sampling === undefined) return null;
  const due = sampling.taken + sampling.dropped;
  return due === 0 ? 0 : sampling.dropped / due;
}

/** A sentence after the warnings of a doubtful run; the first reason of an untrusted one has it. */
export function remedyOfDoubt({ level, remedy }: Pick<Trust, 'level' | 'remedy'>): string[] {
  return level === 'doubtful' && remedy !== null ? [`What helps: ${remedy}.`] : [];
}

/** Which of several hosts the warnings are about. */
function hostWarnings({ hosts = [] }: HostRecord, periodMs: number): string[] {
  const ofLevel = (level: TrustLevel): string[] =>
    hosts.filter((host) => trustInHost(host, periodMs) === level).map(({ name }) => name);
  return (['untrusted', 'doubtful'] as const).flatMap((level) => {
    const names = ofLevel(level);
    if (names.length === 0) return [];
    return [
      hosts.length === 1
        ? `The host ${names[0]!} is ${level}.`
        : `Of ${hosts.length} hosts ${level}: ${names.join(', ')}.`,
    ];
  });
}

/** As the run's, of one host of several; `periodMs`: makespan, or how long the run took. */
export function trustInHost(host: HostOfRun, periodMs: number): TrustLevel {
  if (host.lost || untrustedCause(host, null, periodMs) !== null) return 'untrusted';
  const pauseMs = Math.max(PAUSE_MS_MIN, PAUSE_SHARE_MAX * periodMs);
  const isDoubtful =
    host.cpuShare > CPU_SHARE_MAX ||
    host.loadBefore > LOAD_BEFORE_MAX ||
    host.loopDelayP99Ms > LOOP_DELAY_P99_MS_MAX ||
    host.loopDelayMaxMs > pauseMs ||
    host.clockErrorMs > CLOCK_ERROR_MS_MAX ||
    (host.changes !== undefined && describeChanges(host.changes, periodMs).length > 0);
  return isDoubtful ? 'doubtful' : 'trusted';
}

/**
 * Whether nothing but the load before the run is doubted. What a load does to a run shows in the run's own delays and
 * processor time.
 */
export function isUndisturbed({ level, warnings }: Pick<Trust, 'level' | 'warnings'>): boolean {
  return level !== 'untrusted' && warnings.every(isBusyBefore);
}

export function isBusyBefore(warning: string): boolean {
  return warning.startsWith(BUSY_BEFORE);
}

/** What of it the machine decided beyond doubt. A load before the run is no such thing. */
function untrustedCause(
  { loopDelayP99Ms, loopDelayMaxMs }: Pick<HostRecord, 'loopDelayP99Ms' | 'loopDelayMaxMs'>,
  lateMeanMs: number | null,
  periodMs: number,
): string | null {
  const pauseMs = Math.max(UNTRUSTED_PAUSE_MS_MIN, UNTRUSTED_PAUSE_SHARE_MIN * periodMs);
  if (loopDelayMaxMs >= pauseMs) {
    return `a thread was blocked for ${formatDuration(loopDelayMaxMs)} of ${formatDuration(periodMs)}`;
  }
  if (loopDelayP99Ms >= UNTRUSTED_LOOP_DELAY_P99_MS_MIN) {
    return `threads reacted ${formatDuration(loopDelayP99Ms)} late (99th percentile)`;
  }
  if (lateMeanMs !== null && lateMeanMs >= UNTRUSTED_SHAPER_LATE_MEAN_MS_MIN) {
    return `shaped messages went out ${formatDuration(lateMeanMs)} late on average`;
  }
  return null;
}

function useWarnings(host: HostRecord): string[] {
  const warnings: string[] = [];
  if (!Number.isFinite(host.cpuShare)) warnings.push('The processor load was not measured.');
  else if (host.cpuShare > CPU_SHARE_MAX) {
    warnings.push(
      `The run used ${formatPercent(host.cpuShare)} of all cores it may use (above ${formatPercent(CPU_SHARE_MAX)}): ` +
        'the processor, not the scenario, may have set the speed.',
    );
  }
  if ((host.throttledShare ?? 0) > THROTTLED_SHARE_MAX) {
    warnings.push(
      `A limit slowed the run: ${describeThrottling(host.throttledShare!)} ` +
        `(above ${formatPercent(THROTTLED_SHARE_MAX)}).`,
    );
  }
  return warnings;
}

function loadBeforeWarnings({ loadBefore }: HostRecord): string[] {
  if (loadBefore <= LOAD_BEFORE_MAX) return [];
  return [`${BUSY_BEFORE}: load ${formatRatio(loadBefore)} a core (above ${formatRatio(LOAD_BEFORE_MAX)}).`];
}

function clockWarnings({ hosts = [] }: HostRecord): string[] {
  return hosts
    .filter(({ clockErrorMs }) => clockErrorMs > CLOCK_ERROR_MS_MAX)
    .map(
      ({ name, clockErrorMs }) =>
        `The clock of host ${name} may have been wrong by ${formatDuration(clockErrorMs)} (above ` +
        `${formatDuration(CLOCK_ERROR_MS_MAX)}): what came first on different hosts is then not certain.`,
    );
}

function sampleWarnings(droppedShare: number | null): string[] {
  if ((droppedShare ?? 0) <= DROPPED_SAMPLES_SHARE_MAX) return [];
  return [
    `The thread that leads the run stood still: ${formatPercent(droppedShare)} of the samples of the swarm were ` +
      `dropped (above ${formatPercent(DROPPED_SAMPLES_SHARE_MAX)}).`,
  ];
}

function sampleCause(droppedShare: number | null): string | null {
  if ((droppedShare ?? 0) < UNTRUSTED_DROPPED_SAMPLES_SHARE_MIN) return null;
  return `${formatPercent(droppedShare)} of the samples of the swarm were dropped`;
}

function delayWarnings({ host, shaperLateMeanMs, shaperLateMaxMs, periodMs }: Signals): string[] {
  const warnings: string[] = [];
  const pauseMsMax = Math.max(PAUSE_MS_MIN, PAUSE_SHARE_MAX * periodMs);
  const pauses = `above ${formatDuration(pauseMsMax)}`;
  if (!Number.isFinite(host.loopDelayP99Ms)) warnings.push('The event-loop delay was not measured.');
  if (host.loopDelayP99Ms > LOOP_DELAY_P99_MS_MAX) {
    warnings.push(
      `${lateThreads(host)} reacted late: event-loop delay ${formatDuration(host.loopDelayP99Ms)} at the 99th ` +
        `percentile (above ${formatDuration(LOOP_DELAY_P99_MS_MAX)}).`,
    );
  }
  if (host.loopDelayMaxMs > pauseMsMax) {
    warnings.push(`A thread was blocked for ${formatDuration(host.loopDelayMaxMs)} (${pauses}).`);
  }
  if (shaperLateMeanMs !== null && shaperLateMeanMs > SHAPER_LATE_MEAN_MS_MAX) {
    warnings.push(
      `Shaped messages went out ${formatDuration(shaperLateMeanMs)} late on average ` +
        `(above ${formatDuration(SHAPER_LATE_MEAN_MS_MAX)}).`,
    );
  }
  if (shaperLateMaxMs !== null && shaperLateMaxMs > pauseMsMax) {
    warnings.push(
      `A link let a message or connection go ${formatDuration(shaperLateMaxMs)} late (${pauses}).`,
    );
  }
  return warnings;
}

function lateThreads({ threadDelaysP99Ms }: RunRecord['host']): string {
  if (threadDelaysP99Ms === undefined) return 'Threads';
  const late = threadDelaysP99Ms.filter((ms) => ms > LOOP_DELAY_P99_MS_MAX).length;
  return `${late} of ${threadDelaysP99Ms.length} threads`;
}
