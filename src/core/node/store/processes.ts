/** Whether a process that left its number in a file still lives. */
import { readFileSync } from 'node:fs';
import { errnoOf } from './store-errors.ts';

export function isLivingProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's.
    return errnoOf(error) !== 'ESRCH';
  }
}

export function isOtherLivingProcess(pid: number): boolean {
  return pid !== process.pid && isLivingProcess(pid);
}

/**
 * When a process began, in whatever unit the system tells it: numbers are given again, and after a restart soon.
 * Empty where it does not tell (only Linux does), or the process is gone.
 */
export function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name, in brackets, may hold anything; the 22nd field is the 20th behind it (proc_pid_stat(5)).
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
