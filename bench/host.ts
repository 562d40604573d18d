/** What the host did while something was measured: whose the processors were. */
import { availableParallelism, cpus, loadavg } from 'node:os';
import type { HostShare } from './report/report.ts';

/** More than this for others, and a figure is not the program's alone. */
const OTHERS_CPU_SHARE_MAX = 0.1;

export interface HostProbe {
  /** From the probe's making until now. */
  read(): HostShare;
}

export function probeHost(): HostProbe {
  const loadBefore = loadavg()[0]! / availableParallelism();
  const ownBefore = process.cpuUsage();
  const before = machineTimes();
  return {
    read() {
      const now = machineTimes();
      const own = process.cpuUsage(ownBefore);
      const totalMs = now.busyMs + now.idleMs - before.busyMs - before.idleMs;
      if (totalMs <= 0) return { loadBefore, ownCpuShare: 0, othersCpuShare: 0 };
      const ownCpuShare = (own.user + own.system) / 1000 / totalMs;
      const busyShare = (now.busyMs - before.busyMs) / totalMs;
      return {
        loadBefore,
        ownCpuShare: clamp(ownCpuShare),
        othersCpuShare: clamp(busyShare - ownCpuShare),
      };
    },
  };
}

/** In words, when others used the machine meanwhile. */
export function hostWarnings({ othersCpuShare }: HostShare): string[] {
  if (othersCpuShare <= OTHERS_CPU_SHARE_MAX) return [];
  return [`other programs used more than ${OTHERS_CPU_SHARE_MAX * 100} % of the processors meanwhile`];
}

/** Of all cores together, since the machine started. */
function machineTimes(): { readonly busyMs: number; readonly idleMs: number } {
  let busyMs = 0;
  let idleMs = 0;
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  return { busyMs, idleMs };
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
