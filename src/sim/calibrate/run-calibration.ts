import {
  isWithin,
  NotAvailable,
  type CalibrationCase,
  type CalibrationRow,
  type Finding,
} from './finding.ts';
import { disturbances, watchHost, type HostReading } from './host-watch.ts';

/** What was outside is measured again, so often in all. */
const ATTEMPTS_MAX = 3;

export interface CalibrationWatcher {
  readonly signal: AbortSignal;
  /** A case begins; `attempt` from 1. */
  onCase?(name: string, attempt: number): void;
  onRows?(rows: readonly CalibrationRow[]): void;
}

/**
 * Measures the cases one after the other. What is outside its tolerance is measured again, up to three times in all.
 * A figure passes as soon as it is within. It is a fail when it was outside each time and the host explains none of
 * them, and otherwise inconclusive: then the host may have been too busy to keep the promise.
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
  let rows: CalibrationRow[] = [];
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
    rows = findings.map((finding, i) => judge(finding, { reasons, host: reading, attempt, before: rows[i] }));
    if (rows.every(({ verdict }) => verdict === 'pass') || attempt === ATTEMPTS_MAX) return rows;
    if (watcher.signal.aborted) return rows.map(stopped);
  }
}

interface Judged {
  /** What disturbed the host. */
  readonly reasons: readonly string[];
  readonly host: HostReading;
  readonly attempt: number;
  /** Of the measurement before. */
  readonly before: CalibrationRow | undefined;
}

function judge(finding: Finding, { reasons, host, attempt, before }: Judged): CalibrationRow {
  if (before?.verdict === 'pass') return before;
  const { doubt, excuse, ...figures } = finding;
  const again = attempt > 1 ? [`measurement ${attempt} of at most ${ATTEMPTS_MAX}`] : [];
  if (isWithin(finding)) return { ...figures, verdict: 'pass', note: again.join('; '), host };
  const excused = excuse?.(host);
  const doubts = [...new Set([...reasons, doubt, excused].filter((why) => why !== undefined))];
  const earlier =
    before?.verdict === 'inconclusive' && doubts.length === 0 ? ['an earlier one was disturbed'] : [];
  const verdict = doubts.length + earlier.length > 0 ? 'inconclusive' : 'fail';
  return { ...figures, verdict, note: [...doubts, ...earlier, ...again].join('; '), host };
}

/** One measurement outside is no proof. */
function stopped(row: CalibrationRow): CalibrationRow {
  if (row.verdict !== 'fail') return row;
  return { ...row, verdict: 'inconclusive', note: 'stopped before it was measured again' };
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
