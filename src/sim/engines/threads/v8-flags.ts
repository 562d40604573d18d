import { setFlagsFromString } from 'node:v8';

/**
 * V8 compiles for every thread anew: a hundred peers optimise the same functions a hundred times. Most threads live
 * for seconds, in which that never pays: with the usual budget (66 KiB of executed bytecode between two looks at a
 * function) it took a sixth of the processor time of a swarm with eight leechers, with this one almost none of it.
 * What is really hot is still optimised, later.
 */
const INTERRUPT_BUDGET_BYTES = 5_000_000;
const USUAL_BUDGET_BYTES = 66 * 1024;

/**
 * Has effect on threads that are started afterwards. A thread with ten peers executes ten times as much in the same
 * time, so that what it optimises pays sooner.
 */
export function spareTheCompiler(peersPerThread: number): void {
  const budget = Math.max(USUAL_BUDGET_BYTES, Math.floor(INTERRUPT_BUDGET_BYTES / peersPerThread));
  flags = `--interrupt-budget=${budget}`;
  setFlagsFromString(flags);
}

let flags = '';

/** What threads are started with at present: code that was compiled under other flags is of no use to them. */
export function flagsOfThreads(): string {
  return flags;
}
