import { peakMemoryBytes } from '../../machine/peak-memory.ts';
import { processors } from '../../machine/processors.ts';
import { watchThrottling } from '../../machine/throttling.ts';
import type { HostRecord } from '../engine.ts';

/** What this process takes of the machine from now on; given how long that is. */
export function watchProcess(): (
  elapsedMs: number,
) => Pick<HostRecord, 'cpuShare' | 'throttledShare' | 'maxRssBytes'> {
  const cpuBefore = process.cpuUsage();
  const readThrottling = watchThrottling();
  return (elapsedMs) => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const usedMs = (user + system) / 1000;
    return {
      cpuShare: elapsedMs > 0 ? Math.min(1, usedMs / (elapsedMs * processors().cores)) : 0,
      throttledShare: readThrottling(),
      maxRssBytes: peakMemoryBytes(),
    };
  };
}
