/** What a calibration measured, as plain data. */
import type { HostReading } from './host-watch.ts';

export type FindingUnit = 'bytes/s' | 'ms' | 'share' | 'count' | 'bytes';
export type ErrorUnit = '%' | 'ms' | 'p' | 'blocks';

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
  /** Why this measurement cannot tell when it is outside. */
  readonly doubt?: string;
}

export type CalibrationVerdict = 'pass' | 'fail' | 'inconclusive' | 'not available';

export interface CalibrationRow extends Finding {
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

export function isWithin({ error, errorUnit, tolerance }: Finding): boolean {
  if (!Number.isFinite(error)) return false;
  return errorUnit === 'p' ? error >= tolerance : Math.abs(error) <= tolerance;
}

/** Relative error in per cent. */
export function percentOff(measured: number, configured: number): number {
  return (measured / configured - 1) * 100;
}
