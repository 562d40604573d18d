/** What stands in the way of a run: told before anything has started, and all at once. */
import type { ConfigError } from '../../core/errors.ts';
import { formatBytes, formatDuration } from '../units/format.ts';

/** Where a setting is written. */
export interface SettingPlace {
  /** `swarm.yaml:3:13`. */
  readonly place: string;
  /** What is wrong with the setting, with the line in question. */
  mistake(message: string, remedy: string): ConfigError;
}

export interface Shortage {
  /** What there is too little of, as a name: `open files`, `temporary files below /tmp`. */
  readonly what: string;
  readonly unit: 'count' | 'bytes' | 'ms';
  readonly needed: number;
  /** Below `needed`; 0 where it cannot be used at all. */
  readonly available: number;
  /** What the user can do, one sentence without a full stop: `set TMPDIR to a folder with more room`. */
  readonly remedy: string;
  /** The setting that asks for too much, told where it is written; absent: no single one does. */
  readonly setting?: { readonly key: 'time_limit'; readonly message: string; readonly at?: SettingPlace };
}

/** `open files: 33637 needed, 20000 available; raise ulimit -n`. */
export function describeShortage({ what, unit, needed, available, remedy, setting }: Shortage): string {
  const format = { count: String, bytes: formatBytes, ms: formatDuration }[unit];
  const place = setting?.at === undefined ? '' : ` (${setting.at.place})`;
  return `${what}${place}: ${format(needed)} needed, ${format(available)} available; ${remedy}`;
}

/**
 * What is set too low at its place, then the others: one line for one, of several a list. `subject` is what cannot be
 * run.
 */
export function describeShortages(subject: string, shortages: readonly Shortage[], arms = ''): string {
  const settings = shortages.flatMap(({ setting, remedy }) =>
    setting?.at === undefined ? [] : [setting.at.mistake(`${arms}${setting.message}`, remedy).message],
  );
  const others = shortages.filter(({ setting }) => setting?.at === undefined).map(describeShortage);
  if (others.length === 0) return settings.join('\n');
  const cannot = `${subject} cannot be run`;
  const list =
    others.length === 1
      ? `${cannot}: ${others[0]!}`
      : [`${cannot}, ${others.length} things are short:`, ...others].join('\n  ');
  return [...settings, list].join('\n');
}

/** How many peers would fit, and where to read on; `fit` 0: fewer peers do not help. */
export function fittingText(peers: number, fit: number): string {
  const most = fit === 0 ? 'fewer peers alone would not help' : `about ${fit} of these ${peers} peers`;
  return `${most}; docs/scaling-down.md shows how to ask the same question of a smaller swarm`;
}
