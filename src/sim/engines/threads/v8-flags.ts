import { useV8Flags } from '../run/v8-flags.ts';

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
  useV8Flags({ 'interrupt-budget': budget });
}
