import { probeHost } from '../host.ts';
import { durationResult } from '../report/duration.ts';
import type { DurationResult } from '../report/report.ts';
import type { ClassicCase, StartUpCase } from './cases.ts';
import { planOf } from './plans.ts';
import { runStartUp, runSwarm } from './run-swarm.ts';

/** Start-up takes long and scatters little. */
const START_UPS_MAX = 3;

export async function runDuration(
  benchmark: StartUpCase | ClassicCase,
  repeats: number,
  peerWorker: URL,
  signal: AbortSignal,
): Promise<DurationResult> {
  const { kind, name, goalMs } = benchmark;
  const times = kind === 'start-up' ? Math.min(repeats, START_UPS_MAX) : repeats;
  const probe = probeHost();
  const valuesMs: number[] = [];
  for (let repeat = 1; repeat <= times; repeat++) {
    const plan = planOf(benchmark, `bench/${repeat}`);
    valuesMs.push(
      kind === 'start-up'
        ? await runStartUp(plan, peerWorker, signal)
        : (await runSwarm(plan, peerWorker, signal)).makespanMs,
    );
  }
  const what = kind === 'start-up' ? 'until all workers are ready' : 'makespan';
  return durationResult({ name, what, goalMs, valuesMs }, probe.read());
}
