/** What a calibration measured, as plain data. */
import type { HostReading } from './host-watch.ts';

export type FindingUnit = 'bytes/s' | 'ms' | 'share' | 'count' | 'bytes';
export type ErrorUnit = '%' | 'ms' | 'p' | 'slices' | 'count';

/** One figure beside what was configured. */
export interface Finding {
  /** What is calibrated: `up rate`, `one-way latency`… */
  readonly knob: string;
  /** Under which circumstances. */
  readonly setting: string;
  readonly unit: FindingUnit;
  readonly configured: number;
  readonly measured: number;
  /** Of the measured figure; for a statistical test the probability of such a difference by chance. */
  readonly error: number;
  readonly errorUnit: ErrorUnit;
  /** The most that the error may be; for `p` the least. */
  readonly tolerance: number;
  /** Only what is above is wrong: an error below 0 is within. */
  readonly isUpperLimit?: true;
  /** What one slice is of the figure, in per cent: allowed on top of the tolerance, since slices are indivisible. */
  readonly slicePercent?: number;
  /** Why this measurement cannot tell when it is outside. */
  readonly doubt?: string;
  /** Why the host may have put it outside, by how late its timers came meanwhile; undefined: it has not. */
  readonly excuse?: (host: HostReading) => string | undefined;
}

export type CalibrationVerdict = 'pass' | 'fail' | 'inconclusive' | 'not available';

export interface CalibrationRow extends Omit<Finding, 'doubt' | 'excuse'> {
  readonly verdict: CalibrationVerdict;
  /** Why it is inconclusive or not available, or that it was measured more than once. */
  readonly note: string;
  /** Meanwhile; null: nothing was measured. */
  readonly host: HostReading | null;
}

/** Something to be measured; each run measures it anew. */
export interface CalibrationCase {
  readonly name: string;
  /** Rejects with an error that says why when this machine cannot do it. */
  run(): Promise<readonly Finding[]>;
}

/** This machine lacks what a case needs. */
export class NotAvailable extends Error {}

/** A figure that was not measured is never within. */
export function isWithin(finding: Finding): boolean {
  return beyondTolerance(finding) <= 0;
}

/** How far outside, in the error's unit; not above 0: it is within; NaN: nothing was measured. */
function beyondTolerance(finding: Finding): number {
  const { error, errorUnit, tolerance, isUpperLimit, slicePercent = 0 } = finding;
  if (!Number.isFinite(error)) return Number.NaN;
  if (errorUnit === 'p') return tolerance - error;
  return (isUpperLimit ? error : Math.abs(error)) - tolerance - slicePercent;
}

/**
 * The finding with an excuse: each ms that timers come late may make up for `perMs` of its error. `delay`: the most
 * that counts for it, where one late timer is enough, or the 99th percentile, where it takes many.
 */
export function excusedByLateness(
  finding: Finding,
  delay: 'loopDelayP99Ms' | 'loopDelayMaxMs',
  perMs: number,
): Finding {
  return {
    ...finding,
    excuse: (host) => (beyondTolerance(finding) <= perMs * host[delay] ? lateText(host[delay]) : undefined),
  };
}

export function lateText(lateMs: number): string {
  return `timers fired up to ${lateMs.toFixed(1)} ms late`;
}

/** Relative error in per cent. */
export function percentOff(measured: number, configured: number): number {
  return (measured / configured - 1) * 100;
}
