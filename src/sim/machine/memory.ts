/** How much memory this process may take of the machine. */
import { freemem, totalmem } from 'node:os';
import { foldersOf } from './cgroups.ts';
import { THIS_MACHINE, figureOf, readSystemFile } from './system-files.ts';

export interface Memory {
  readonly totalBytes: number;
  /** Of that, what can be had now; the system gives up its copies of files for it. */
  readonly freeBytes: number;
  /** The setting of a cgroup that sets `freeBytes`: `memory.max in …`; null: it is the machine itself. */
  readonly freeSetBy: string | null;
  readonly ofMachineBytes: number;
  /** What sets `totalBytes`; null: the machine itself. */
  readonly limitedBy: 'cgroup' | null;
}

export function memory(root = THIS_MACHINE): Memory {
  const groups = foldersOf('memory', root).flatMap(groupMemory);
  const ofMachineBytes = totalmem();
  const freeOfMachine = freemem();
  const totalBytes = Math.min(ofMachineBytes, ...groups.map(({ limit }) => limit));
  const tightest = groups.toSorted((a, b) => a.free - b.free)[0];
  const isTighter = tightest !== undefined && tightest.free < freeOfMachine;
  return {
    totalBytes,
    freeBytes: isTighter ? tightest.free : freeOfMachine,
    freeSetBy: isTighter ? tightest.setting : null,
    ofMachineBytes,
    limitedBy: totalBytes < ofMachineBytes ? 'cgroup' : null,
  };
}

interface GroupMemory {
  readonly setting: string;
  readonly limit: number;
  /** What the system can give up at once counts as free: copies of files that nobody has read lately. */
  readonly free: number;
}

/** What sets a limit, and where what is used is told. */
const SETTINGS = [
  { setting: 'memory.max', usage: 'memory.current', inactiveFiles: 'inactive_file' },
  // Above it threads are slowed down, which is no better than not to fit.
  { setting: 'memory.high', usage: 'memory.current', inactiveFiles: 'inactive_file' },
  // Version 1; without a limit it is a number above all memory.
  {
    setting: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    inactiveFiles: 'total_inactive_file',
  },
];

function groupMemory(folder: string): GroupMemory[] {
  const read = (name: string): string => readSystemFile(folder, name).trim();
  return SETTINGS.flatMap(({ setting, usage, inactiveFiles }) => {
    const text = read(setting);
    // A group of version 2 without a limit says `max`.
    if (!/^\d+$/.test(text)) return [];
    const limit = Number(text);
    const used = Math.max(0, Number(read(usage)) - figureOf(read('memory.stat'), inactiveFiles));
    return [{ setting: `${setting} in ${folder}`, limit, free: Math.max(0, limit - used) }];
  });
}
