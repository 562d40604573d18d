import {
  isWithin,
  NotAvailable,
  type CalibrationCase,
  type CalibrationRow,
  type CalibrationVerdict,
  type Finding,
} from './finding.ts';
import { disturbances, watchHost, type HostReading } from './host-watch.ts';

/** What was outside while the host was disturbed is measured again, so often in all. */
const ATTEMPTS_MAX = 3;

export interface CalibrationWatcher {
  readonly signal: AbortSignal;
  /** A case begins; `attempt` from 1. */
  onCase?(name: string, attempt: number): void;
  onRows?(rows: readonly CalibrationRow[]): void;
}

/**
 * Measures the cases one after the other. A figure outside its tolerance is a fail when nothing else disturbed the
 * host, and otherwise inconclusive: the host was too busy to keep the promise, so nothing is said of the shaper.
 * `judgeHost`: what disturbed the measurement, in words.
 */
export async function runCalibration(
  cases: readonly CalibrationCase[],
  watcher: CalibrationWatcher,
  judgeHost: (reading: HostReading) => readonly string[] = disturbances,
): Promise<CalibrationRow[]> {
  const rows: CalibrationRow[] = [];
  for (const one of cases) {
    if (watcher.signal.aborted) break;
    const measured = await runCase(one, watcher, judgeHost);
    rows.push(...measured);
    watcher.onRows?.(measured);
  }
  return rows;
}

async function runCase(
  one: CalibrationCase,
  watcher: CalibrationWatcher,
  judgeHost: (reading: HostReading) => readonly string[],
): Promise<CalibrationRow[]> {
  for (let attempt = 1; ; attempt++) {
    watcher.onCase?.(one.name, attempt);
    const host = watchHost();
    let findings: readonly Finding[];
    try {
      findings = await one.run();
    } catch (error) {
      host.read();
      if (error instanceof NotAvailable) return [notAvailable(one.name, error.message)];
      throw error;
    }
    const reading = host.read();
    const reasons = judgeHost(reading);
    const outside = findings.filter((finding) => !isWithin(finding));
    const isDone = outside.every(({ doubt }) => doubt === undefined && reasons.length === 0);
    if (!isDone && attempt < ATTEMPTS_MAX && !watcher.signal.aborted) continue;
    return findings.map((finding) => ({ ...judge(finding, reasons, attempt), host: reading }));
  }
}

function judge(finding: Finding, reasons: readonly string[], attempt: number): Omit<CalibrationRow, 'host'> {
  const { doubt, ...figures } = finding;
  const doubts = doubt === undefined ? reasons : [...reasons, doubt];
  const isGood = isWithin(finding);
  const verdict: CalibrationVerdict = isGood ? 'pass' : doubts.length > 0 ? 'inconclusive' : 'fail';
  const notes = [
    ...(verdict === 'inconclusive' ? doubts : []),
    ...(attempt > 1 ? [`measurement ${attempt} of at most ${ATTEMPTS_MAX}`] : []),
  ];
  return { ...figures, verdict, note: notes.join('; ') };
}

function notAvailable(name: string, reason: string): CalibrationRow {
  return {
    knob: name,
    setting: '',
    unit: 'count',
    configured: Number.NaN,
    measured: Number.NaN,
    error: Number.NaN,
    errorUnit: '%',
    tolerance: Number.NaN,
    verdict: 'not available',
    note: reason,
    host: null,
  };
}
