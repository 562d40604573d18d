/** What the host did while something was measured: whose the processors were. */
import { loadavg } from 'node:os';
import { machineTimes } from '../src/sim/machine/machine-times.ts';
import { processors } from '../src/sim/machine/processors.ts';
import { THROTTLED_SHARE_MAX, describeThrottling, watchThrottling } from '../src/sim/machine/throttling.ts';
import { ownMs } from './own-times.ts';
import type { HostShare } from './report/report.ts';

/** More than this for others, and a figure is not the program's alone. */
const OTHERS_CPU_SHARE_MAX = 0.1;

export interface HostProbe {
  /** From the probe's making until now. */
  read(): HostShare;
}

export function probeHost(): HostProbe {
  const loadBefore = loadavg()[0]! / processors().coresOfMachine;
  const readThrottling = watchThrottling();
  const ownBefore = ownMs();
  const before = machineTimes();
  return {
    read() {
      const now = machineTimes();
      const own = ownMs() - ownBefore;
      const totalMs = now.busyMs + now.idleMs - before.busyMs - before.idleMs;
      const throttledShare = readThrottling();
      const throttling = throttledShare === null ? {} : { throttledShare };
      if (totalMs <= 0) return { loadBefore, ownCpuShare: 0, othersCpuShare: 0, ...throttling };
      const ownCpuShare = own / totalMs;
      const busyShare = (now.busyMs - before.busyMs) / totalMs;
      return {
        loadBefore,
        ownCpuShare: clamp(ownCpuShare),
        othersCpuShare: clamp(busyShare - ownCpuShare),
        ...throttling,
      };
    },
  };
}

/** In words, when others used the machine meanwhile, or a quota stopped the program. */
export function hostWarnings({ othersCpuShare, throttledShare = 0 }: HostShare): string[] {
  const warnings: string[] = [];
  if (othersCpuShare > OTHERS_CPU_SHARE_MAX) {
    warnings.push(
      `other programs used more than ${OTHERS_CPU_SHARE_MAX * 100} % of the processors meanwhile`,
    );
  }
  if (throttledShare > THROTTLED_SHARE_MAX) warnings.push(describeThrottling(throttledShare));
  return warnings;
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
