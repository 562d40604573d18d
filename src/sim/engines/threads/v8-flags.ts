import { setFlagsFromString } from 'node:v8';

/**
 * V8 compiles for every thread anew: a hundred peers optimise the same functions a hundred times. Most threads live
 * for seconds, in which that never pays: with the usual budget (132 KiB of executed bytecode between two looks at a
 * function) it took a sixth of the processor time of a swarm with eight leechers, with this one almost none of it.
 * What is really hot is still optimised, later. Has effect on threads that are started afterwards.
 */
const INTERRUPT_BUDGET_BYTES = 5_000_000;

export function spareTheCompiler(): void {
  setFlagsFromString(`--interrupt-budget=${INTERRUPT_BUDGET_BYTES}`);
}
