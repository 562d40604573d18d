import { performance } from 'node:perf_hooks';
import type { Clock, Timer } from '../interfaces.ts';

/** A zero point for clocks that share it, in all threads of this machine: hand it to each `systemClock`. */
export function clockOrigin(): bigint {
  return process.hrtime.bigint();
}

/** About how late its timers come although nothing else is going on, in ms. */
export const TIMER_GRAIN_MS = 1;

/**
 * Real time. Clocks of one origin agree in all threads of a process and in all processes of a machine
 * (`performance.timeOrigin` would differ by thread).
 *
 * Timers never fire before their time. They fire up to about 2 ms after it on a free event loop: Node counts
 * whole milliseconds from a cached time, so that a timer may come 1 ms early and must then wait once more.
 * A delay of 0 fires in this turn of the event loop. Pending timers keep the process alive, as a peer that waits
 * to try again must; a program ends by cancelling what it has set.
 *
 * @param originNs of `clockOrigin()`; default now
 */
export function systemClock(originNs: bigint = clockOrigin()): Clock {
  const zeroMs = Number(performanceZero().atNs - originNs) / 1e6;
  const now = () => performance.now() + zeroMs;
  return {
    now,
    setTimer(delayMs, callback) {
      return delayMs > 0 ? timerAt(now() + delayMs, now, callback) : immediate(callback);
    },
  };
}

const ZERO_READINGS = 8;
let zero: { readonly atNs: bigint } | undefined;

/**
 * process.hrtime where `performance.now` is 0 in this thread, to a microsecond: both read one clock of the system, the
 * latter without a BigInt for each reading. Of several readings that one counts between which nothing came.
 */
function performanceZero(): { readonly atNs: bigint } {
  if (zero !== undefined) return zero;
  let leastNs: bigint | undefined;
  for (let reading = 0; reading < ZERO_READINGS; reading++) {
    const beforeNs = process.hrtime.bigint();
    const ms = performance.now();
    const afterNs = process.hrtime.bigint();
    if (leastNs !== undefined && afterNs - beforeNs >= leastNs) continue;
    leastNs = afterNs - beforeNs;
    zero = { atNs: beforeNs + leastNs / 2n - BigInt(Math.round(ms * 1e6)) };
  }
  return zero!;
}

function immediate(callback: () => void): Timer {
  const handle = setImmediate(callback);
  return { cancel: () => clearImmediate(handle) };
}

/** Node's longest timer; a longer wait is made of several. */
const TIMEOUT_MS_MAX = 2 ** 31 - 1;

function timerAt(dueMs: number, now: () => number, callback: () => void): Timer {
  let handle: NodeJS.Timeout;
  const wait = () => {
    const restMs = dueMs - now();
    if (restMs <= 0) callback();
    else handle = setTimeout(wait, Math.min(Math.ceil(restMs), TIMEOUT_MS_MAX));
  };
  handle = setTimeout(wait, Math.min(Math.ceil(dueMs - now()), TIMEOUT_MS_MAX));
  return { cancel: () => clearTimeout(handle) };
}
