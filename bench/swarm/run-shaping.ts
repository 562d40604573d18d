/** Processor time of a swarm with links against the same without, in turns. */
import { processors } from '../../src/sim/machine/processors.ts';
import { hostWarnings, probeHost } from '../host.ts';
import type { RatioResult } from '../report/report.ts';
import { pairedRatio } from '../statistics.ts';
import type { ShapingCase } from './cases.ts';
import { planOf } from './plans.ts';
import { runSwarm } from './run-swarm.ts';

/** Each takes half a minute. */
const REPEATS_MAX = 3;

export async function runShaping(
  benchmark: ShapingCase,
  repeats: number,
  peerWorker: URL,
  signal: AbortSignal,
): Promise<RatioResult> {
  const { name, goal } = benchmark;
  const probe = probeHost();
  const nsPerByte = { shaped: [] as number[], unshaped: [] as number[] };
  for (let repeat = 1; repeat <= Math.min(repeats, REPEATS_MAX); repeat++) {
    for (const links of ['shaped', 'unshaped'] as const) {
      const one = links === 'shaped' ? benchmark : { ...benchmark, megabits: null };
      const { result } = await runSwarm(planOf(one, `bench/${repeat}`), peerWorker, signal);
      const processorMs = result.trust.host.cpuShare * processors().cores * result.elapsedMs;
      nsPerByte[links].push((processorMs * 1e6) / (benchmark.leechers * benchmark.fileBytes));
    }
  }
  const { shaped, unshaped } = nsPerByte;
  const host = probe.read();
  return {
    kind: 'ratio',
    name,
    what: `processor time of a byte with links (${nanoseconds(shaped)}) / without (${nanoseconds(unshaped)})`,
    values: shaped.map((value, at) => value / unshaped[at]!),
    interval: pairedRatio(shaped, unshaped),
    goal: { is: 'at most', value: goal },
    host,
    warnings: hostWarnings(host),
  };
}

function nanoseconds(values: readonly number[]): string {
  const median = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return `${median.toPrecision(3)} ns`;
}
