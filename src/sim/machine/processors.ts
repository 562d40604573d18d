/** How much processor time this process may take of the machine. */
import { availableParallelism, cpus } from 'node:os';
import { foldersOf } from './cgroups.ts';
import { THIS_MACHINE, readSystemFile } from './system-files.ts';

export interface Processors {
  /** Cores this process may use; with a quota of a cgroup that may be a part of one, as 0.5. */
  readonly cores: number;
  readonly coresOfMachine: number;
  /** What keeps it from the others; null: nothing. */
  readonly limitedBy: 'cgroup' | 'affinity' | null;
}

export function processors(root = THIS_MACHINE): Processors {
  const coresOfMachine = listLength(readSystemFile(root, 'sys/devices/system/cpu/online')) ?? cpus().length;
  const affinity = Math.min(coresOfMachine, allowedCores(root));
  const quota = quotaCores(root);
  if (quota < affinity) return { cores: quota, coresOfMachine, limitedBy: 'cgroup' };
  return { cores: affinity, coresOfMachine, limitedBy: affinity < coresOfMachine ? 'affinity' : null };
}

/** How many threads can work at once without being stopped by a quota; at least 1. */
export function parallelThreads(root = THIS_MACHINE): number {
  return Math.max(1, Math.floor(processors(root).cores));
}

/** By sched_setaffinity(2) or a set of cores of a cgroup. */
function allowedCores(root: string): number {
  const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(readSystemFile(root, 'proc/self/status'))?.[1];
  return listLength(list ?? '') ?? availableParallelism();
}

/** Of a list such as `0-3,8`; undefined for anything else. */
function listLength(text: string): number | undefined {
  const list = text.trim();
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return undefined;
  return list.split(',').reduce((sum, range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return sum + last - first + 1;
  }, 0);
}

/** The least quota of all groups, in cores; Infinity where there is none. */
function quotaCores(root: string): number {
  return Math.min(...foldersOf('cpu', root).map((folder) => Math.min(quotaV1(folder), quotaV2(folder))));
}

/** -1: no limit. */
function quotaV1(folder: string): number {
  return share(readSystemFile(folder, 'cpu.cfs_quota_us'), readSystemFile(folder, 'cpu.cfs_period_us'));
}

/** `quota period`, where the quota may be `max`. */
function quotaV2(folder: string): number {
  const [quota = '', period = ''] = readSystemFile(folder, 'cpu.max').split(' ');
  return share(quota, period);
}

function share(quotaText: string, periodText: string): number {
  const quota = Number(quotaText);
  const period = Number(periodText);
  return quota > 0 && period > 0 ? quota / period : Infinity;
}
