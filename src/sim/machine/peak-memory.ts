import { readFileSync } from 'node:fs';

/**
 * The most memory that this process has held, in bytes. What `process.resourceUsage` tells of a program that another one
 * has started may be what that one held before.
 */
export function peakMemoryBytes(): number {
  const own = /^VmHWM:\s*(\d+) kB/m.exec(statusOfProcess())?.[1];
  return 1024 * (own === undefined ? process.resourceUsage().maxRSS : Number(own));
}

/** Only Linux has it. */
function statusOfProcess(): string {
  try {
    return readFileSync('/proc/self/status', 'utf8');
  } catch {
    return '';
  }
}
