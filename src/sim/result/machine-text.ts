/** What a run had of its machine, in words. */
import { formatBytes } from '../units/format.ts';
import type { Environment } from './result.ts';

const REASONS = { cgroup: 'by the cgroup', affinity: 'by its affinity' };

/** `AMD EPYC, 0.5 of 8 cores (by the cgroup), 512 MiB of 16 GiB memory (by the cgroup)`. */
export function describeMachine(environment: Environment): string {
  const { cpu, memoryBytes, memoryLimit } = environment;
  const memory =
    memoryLimit === undefined
      ? `${formatBytes(memoryBytes)} memory`
      : `${formatBytes(memoryBytes)} of ${formatBytes(memoryLimit.ofMachineBytes)} memory (${REASONS[memoryLimit.by]})`;
  return `${cpu}, ${describeCores(environment)}, ${memory}`;
}

/** `8 cores`, or `2 of 8 cores (by the cgroup)`. */
export function describeCores({ cores, coresLimit }: Environment): string {
  // A quota may be any part of a core.
  const count = String(Number(cores.toFixed(2)));
  if (coresLimit === undefined) return `${count} cores`;
  return `${count} of ${coresLimit.ofMachine} cores (${REASONS[coresLimit.by]})`;
}
