/** What all cores together have done since the machine started. */
import { cpus } from 'node:os';
import { THIS_MACHINE, readSystemFile } from './system-files.ts';

export interface MachineTimes {
  readonly busyMs: number;
  readonly idleMs: number;
  /** Cores that were wanted, and that the host of this virtual machine gave to others. 0 where nobody tells. */
  readonly stolenMs: number;
}

/** Of the kernel's figures, whatever its own clock is (proc_stat(5)). */
const MS_A_TICK = 10;

/** All are 0 where the system does not tell. */
export function machineTimes(root = THIS_MACHINE): MachineTimes {
  return fromKernel(readSystemFile(root, 'proc/stat')) ?? fromNode();
}

function fromKernel(stat: string): MachineTimes | undefined {
  const line = /^cpu +([\d ]+)$/m.exec(stat)?.[1];
  if (line === undefined) return undefined;
  const ticks = line.trim().split(' ').map(Number);
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softIrq = 0, stolen = 0] = ticks;
  return {
    busyMs: (user + nice + system + irq + softIrq) * MS_A_TICK,
    idleMs: (idle + waiting) * MS_A_TICK,
    stolenMs: stolen * MS_A_TICK,
  };
}

function fromNode(): MachineTimes {
  let busyMs = 0;
  let idleMs = 0;
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  return { busyMs, idleMs, stolenMs: 0 };
}
