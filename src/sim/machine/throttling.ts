/** How often the quota of a cgroup has stopped this process. */
import { foldersOf } from './cgroups.ts';
import { formatPercent } from '../units/format.ts';
import { THIS_MACHINE, figureOf, readSystemFile } from './system-files.ts';

/** The share of periods in which a quota may stop a program before what it measures is the quota. */
export const THROTTLED_SHARE_MAX = 0.05;

/** For example `the processor quota of the cgroup stopped it in 34 % of its periods`. */
export function describeThrottling(share: number): string {
  return `the processor quota of the cgroup stopped it in ${formatPercent(share)} of its periods`;
}

/** Begins to watch; what is returned tells of the time from then until it is called. */
export function watchThrottling(root = THIS_MACHINE): () => number | null {
  const before = readings(root);
  return () => {
    const shares = readings(root).map(({ periods, throttled }, at) => {
      const passed = periods - (before[at]?.periods ?? periods);
      return passed > 0 ? (throttled - (before[at]?.throttled ?? throttled)) / passed : null;
    });
    const known = shares.filter((share) => share !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
}

interface Reading {
  /** Of the quota, in which a thread of the group wanted to work. */
  readonly periods: number;
  /** Of them, those in which the quota was used up before the end. */
  readonly throttled: number;
}

/** Of each group around this process; `cpu.stat` has these names in both versions. */
function readings(root: string): Reading[] {
  return foldersOf('cpu', root).map((folder) => {
    const stat = readSystemFile(folder, 'cpu.stat');
    return { periods: figureOf(stat, 'nr_periods'), throttled: figureOf(stat, 'nr_throttled') };
  });
}
