/** How many more threads this process may start; for the system a thread is what a process is. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { foldersOf } from './cgroups.ts';
import { THIS_MACHINE, readSystemFile } from './system-files.ts';

/** One bound on the number of threads. */
export interface ThreadLimit {
  /** Whose threads are counted, and by what. */
  readonly what: string;
  /** How to raise it. */
  readonly setting: string;
  readonly max: number;
  /** Of them there are now, those of this process among them. */
  readonly used: number;
}

/** All bounds there are, the one that leaves the fewest threads first. */
export function threadLimits(root = THIS_MACHINE): ThreadLimit[] {
  return [...userLimits(root), ...foldersOf('pids', root).flatMap(groupLimits), ...systemLimits(root)].sort(
    (a, b) => threadsLeft(a) - threadsLeft(b),
  );
}

export function threadsLeft({ max, used }: ThreadLimit): number {
  return Math.max(0, max - used);
}

/** RLIMIT_NPROC of getrlimit(2): threads of the same real user. */
function userLimits(root: string): ThreadLimit[] {
  const max = /^Max processes\s+(\d+)/m.exec(readSystemFile(root, 'proc/self/limits'))?.[1];
  const own = readSystemFile(root, 'proc/self/status');
  if (max === undefined || isExempt(root, own)) return [];
  const used = threadsOfUser(root, realUser(own));
  return [{ what: 'threads of this user', setting: 'ulimit -u', max: Number(max), used }];
}

/** CAP_SYS_ADMIN and CAP_SYS_RESOURCE of capabilities(7). */
const EXEMPTING_CAPABILITIES = (1n << 21n) | (1n << 24n);

/** The kernel asks whether it is root of the machine: one of a user namespace, as in a rootless container, is not. */
function isExempt(root: string, status: string): boolean {
  const isOfMachine = /^\s*0\s+0\s+4294967295\s*$/.test(readSystemFile(root, 'proc/self/uid_map'));
  const capabilities = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return isOfMachine && (realUser(status) === '0' || (capabilities & EXEMPTING_CAPABILITIES) !== 0n);
}

function realUser(status: string): string | undefined {
  return /^Uid:\s*(\d+)/m.exec(status)?.[1];
}

/** As far as they can be seen: those of other containers cannot. */
function threadsOfUser(root: string, user: string | undefined): number {
  return readdirSync(join(root, 'proc'))
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => readSystemFile(root, 'proc', pid, 'status'))
    .filter((status) => realUser(status) === user)
    .reduce((sum, status) => sum + Number(/^Threads:\s*(\d+)/m.exec(status)?.[1] ?? 0), 0);
}

/** `pids.max` has the same form in both versions; `max`: no limit. */
function groupLimits(folder: string): ThreadLimit[] {
  const max = readSystemFile(folder, 'pids.max').trim();
  if (!/^\d+$/.test(max)) return [];
  const used = Number(readSystemFile(folder, 'pids.current'));
  return [{ what: 'threads of the cgroup', setting: `pids.max in ${folder}`, max: Number(max), used }];
}

/** Pids that the kernel never gives twice, see kernel/pid.c. */
const PIDS_RESERVED = 300;

function systemLimits(root: string): ThreadLimit[] {
  const used = Number(/\d+\/(\d+)/.exec(readSystemFile(root, 'proc/loadavg'))?.[1] ?? 0);
  const limit = (name: string, reserved: number): ThreadLimit[] => {
    const max = readSystemFile(root, 'proc/sys/kernel', name).trim();
    if (!/^\d+$/.test(max)) return [];
    const what = 'threads of the machine';
    return [{ what, setting: `sysctl kernel.${name}`, max: Number(max) - reserved, used }];
  };
  return [...limit('threads-max', 0), ...limit('pid_max', PIDS_RESERVED)];
}
