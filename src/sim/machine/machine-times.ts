import { cpus } from 'node:os';

/** Of all cores together, since the machine started. */
export function machineTimes(): { readonly busyMs: number; readonly idleMs: number } {
  let busyMs = 0;
  let idleMs = 0;
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  return { busyMs, idleMs };
}
