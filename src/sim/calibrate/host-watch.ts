import { monitorEventLoopDelay } from 'node:perf_hooks';
import { OTHERS_CPU_SHARE_MAX, watchMachine } from '../machine/machine-changes.ts';
import { THROTTLED_SHARE_MAX, describeThrottling, watchThrottling } from '../machine/throttling.ts';

/** The shaper makes up for timers that are late by up to 20 ms; a thread that stood still longer loses throughput. */
const LOOP_DELAY_MAX_MS = 20;

const RESOLUTION_MS = 1;

export interface HostReading {
  /** Of all processors' time, 0 to 1. */
  readonly othersCpuShare: number;
  /** Of the periods of a cgroup's quota, 0 to 1; null without a quota. */
  readonly throttledShare?: number | null;
  readonly loopDelayP99Ms: number;
  readonly loopDelayMaxMs: number;
}

/** From the call on. */
export function watchHost(): { read(): HostReading } {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const readMachine = watchMachine();
  const readThrottling = watchThrottling();
  return {
    read() {
      delay.disable();
      // What is measured includes the timer's own wait; without a sample the maximum is 0.
      const lateMs = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
      return {
        othersCpuShare: readMachine().othersCpuShare ?? 0,
        throttledShare: readThrottling(),
        loopDelayP99Ms: lateMs(delay.percentile(99)),
        loopDelayMaxMs: lateMs(delay.max),
      };
    },
  };
}

/** Why timing cannot be trusted; empty: nothing known. */
export function disturbances({ othersCpuShare, throttledShare, loopDelayMaxMs }: HostReading): string[] {
  const found: string[] = [];
  if (othersCpuShare > OTHERS_CPU_SHARE_MAX) {
    found.push(`other programs used ${Math.round(othersCpuShare * 100)} % of the processors`);
  }
  if ((throttledShare ?? 0) > THROTTLED_SHARE_MAX) found.push(describeThrottling(throttledShare!));
  if (loopDelayMaxMs > LOOP_DELAY_MAX_MS) {
    found.push(`the thread was blocked for ${Math.round(loopDelayMaxMs)} ms`);
  }
  return found;
}
