/** What stands in the way of a run: told before anything has started, and all at once. */
import { formatBytes, formatDuration } from '../units/format.ts';

export interface Shortage {
  /** What there is too little of, as a name: `open files`, `temporary files below /tmp`. */
  readonly what: string;
  readonly unit: 'count' | 'bytes' | 'ms';
  readonly needed: number;
  /** Below `needed`; 0 where it cannot be used at all. */
  readonly available: number;
  /** What the user can do, one sentence without a full stop: `set TMPDIR to a folder with more room`. */
  readonly remedy: string;
}

/** `open files: 33637 needed, 20000 available; raise ulimit -n`. */
export function describeShortage({ what, unit, needed, available, remedy }: Shortage): string {
  const format = { count: String, bytes: formatBytes, ms: formatDuration }[unit];
  return `${what}: ${format(needed)} needed, ${format(available)} available; ${remedy}`;
}

/** One line for one shortage, of several a list; `subject` is what cannot be run. */
export function describeShortages(subject: string, shortages: readonly Shortage[]): string {
  const [only, ...others] = shortages.map(describeShortage);
  if (others.length === 0) return `${subject} cannot be run: ${only ?? ''}`;
  return [`${subject} cannot be run, ${shortages.length} things are short:`, only!, ...others].join('\n  ');
}
