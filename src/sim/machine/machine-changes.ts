/** What happened to the machine while something was measured on it. */
import { hostname } from 'node:os';
import { formatDuration, formatPercent } from '../units/format.ts';
import { machineTimes } from './machine-times.ts';
import { processors } from './processors.ts';
import { THIS_MACHINE, readSystemFile } from './system-files.ts';

export interface MachineChanges {
  /** Of the time of all its cores, what this process used, 0 to 1; null: the system does not tell. */
  readonly ownCpuShare: number | null;
  /** The same of all other programs. */
  readonly othersCpuShare: number | null;
  /** The same of what the host of this virtual machine gave to others. */
  readonly stolenCpuShare: number | null;
  /** Cores that this process might use at the beginning, and at the end. */
  readonly coresBefore: number;
  readonly coresAfter: number;
  /**
   * By how much more the clock of the day moved than the clock that timers go by, in ms: the machine slept for so long,
   * or its clock was set.
   */
  readonly clockJumpMs: number;
}

/** More of all cores than this for other programs, and timing is not that of the run alone. */
export const OTHERS_CPU_SHARE_MAX = 0.15;

/** More than this taken away by the host of a virtual machine shows in delays. */
export const STOLEN_CPU_SHARE_MAX = 0.05;

/** Clocks are read one after the other and are corrected little by little: only more than this is a jump. */
export const CLOCK_JUMP_MS_MAX = 100;
const CLOCK_JUMP_SHARE_MAX = 0.001;

/** Less time of all cores than this, and the ticks of the kernel, 10 ms each, tell nothing of shares. */
const TELLING_MS_MIN = 400;

/** Both in ms. */
export interface Clocks {
  /** May be set, and goes on while the machine sleeps. */
  readonly dayMs: () => number;
  /** May be neither, and stands still then. */
  readonly steadyMs: () => number;
}

const THESE_CLOCKS: Clocks = { dayMs: () => Date.now(), steadyMs: () => performance.now() };

/** From now on; what is returned tells of the time until it is called. */
export function watchMachine(root = THIS_MACHINE, clocks = THESE_CLOCKS): () => MachineChanges {
  const before = machineTimes(root);
  const ownBefore = process.cpuUsage();
  const coresBefore = processors(root).cores;
  const readJump = watchClocks(clocks);
  return () => {
    const now = machineTimes(root);
    const own = process.cpuUsage(ownBefore);
    const busyMs = now.busyMs - before.busyMs;
    const stolenMs = now.stolenMs - before.stolenMs;
    const totalMs = busyMs + stolenMs + now.idleMs - before.idleMs;
    const ownMs = (own.user + own.system) / 1000;
    const share = (ms: number): number | null =>
      totalMs < TELLING_MS_MIN ? null : Math.min(1, Math.max(0, ms / totalMs));
    return {
      ownCpuShare: share(ownMs),
      othersCpuShare: share(busyMs - ownMs),
      stolenCpuShare: share(stolenMs),
      coresBefore,
      coresAfter: processors(root).cores,
      clockJumpMs: readJump(),
    };
  };
}

/** The same for all processes of one machine, in containers too, and different for any two machines. */
export function machineId(root = THIS_MACHINE): string {
  return readSystemFile(root, 'proc/sys/kernel/random/boot_id').trim() || hostname();
}

/** What of it may have changed what was measured, one sentence each; `periodMs`: how long that took. */
export function describeChanges(changes: MachineChanges, periodMs: number): string[] {
  const { othersCpuShare, stolenCpuShare, coresBefore, coresAfter, clockJumpMs } = changes;
  const found: string[] = [];
  if ((othersCpuShare ?? 0) > OTHERS_CPU_SHARE_MAX) {
    found.push(
      `Other programs used ${formatPercent(othersCpuShare)} of all cores during the run ` +
        `(above ${formatPercent(OTHERS_CPU_SHARE_MAX)}).`,
    );
  }
  if ((stolenCpuShare ?? 0) > STOLEN_CPU_SHARE_MAX) {
    found.push(
      `The host of this virtual machine gave ${formatPercent(stolenCpuShare)} of its cores to others during the run ` +
        `(above ${formatPercent(STOLEN_CPU_SHARE_MAX)}).`,
    );
  }
  if (coresAfter !== coresBefore) {
    found.push(`The cores that the run may use changed from ${coresBefore} to ${coresAfter} meanwhile.`);
  }
  if (Math.abs(clockJumpMs) > clockJumpMsMax(periodMs)) {
    found.push(
      `The clock of the day moved ${formatDuration(Math.abs(clockJumpMs))} ${clockJumpMs > 0 ? 'more' : 'less'} than ` +
        'the time of the run: the machine slept, or its clock was set.',
    );
  }
  return found;
}

export function clockJumpMsMax(periodMs: number): number {
  return CLOCK_JUMP_MS_MAX + CLOCK_JUMP_SHARE_MAX * periodMs;
}

function watchClocks({ dayMs, steadyMs }: Clocks): () => number {
  const fromDayMs = dayMs();
  const fromSteadyMs = steadyMs();
  return () => dayMs() - fromDayMs - (steadyMs() - fromSteadyMs);
}
