/** One whole swarm on the real engine, and what is worth knowing of it. */
import { EngineError } from '../../src/core/errors.ts';
import { readEnvironment } from '../../src/sim/environment.ts';
import { threadsEngine } from '../../src/sim/engines/threads/threads-engine.ts';
import { Measurement } from '../../src/sim/measure/measure.ts';
import type { RunResult } from '../../src/sim/result/result.ts';
import type { Plan } from '../../src/sim/plan/plan.ts';
import { probeHost } from '../host.ts';
import type { HostShare } from '../report/report.ts';

export interface SwarmOutcome {
  readonly result: RunResult;
  readonly makespanMs: number;
  /** While chunks were moving. */
  readonly host: HostShare;
}

/**
 * Runs the plan to its end.
 * @throws {EngineError} somebody did not complete, or not intact: then there is no figure
 */
export async function runSwarm(plan: Plan, workerFile: URL, signal: AbortSignal): Promise<SwarmOutcome> {
  let probe = probeHost();
  let host: HostShare | undefined;
  const measurement = new Measurement(plan);
  const record = await threadsEngine({ workerFile }).run(plan, {
    onEvent: (event) => measurement.see(event),
    // Of its own, so that many runs leave no listeners behind at the program's.
    signal: AbortSignal.any([signal]),
    onReady: () => (probe = probeHost()),
    // The last one comes before threads close and folders are verified, which is no part of the run.
    onProgress: () => (host = probe.read()),
  });
  host ??= probe.read();
  if (record.ending === 'interrupted') throw signal.reason;
  const result = measurement.result(record, readEnvironment());
  const { outcome, reasons } = result.verdict;
  const { makespanMs } = result.swarm;
  if (outcome !== 'pass' || makespanMs === null) {
    throw new EngineError(`the run did not pass, so it has no figure: ${reasons.join('; ')}`);
  }
  return { result, makespanMs, host };
}

/** Milliseconds until all workers of the plan stand at the barrier. Nothing is distributed. */
export async function runStartUp(plan: Plan, workerFile: URL, signal: AbortSignal): Promise<number> {
  const ready = new AbortController();
  let setupMs: number | undefined;
  await threadsEngine({ workerFile }).run(plan, {
    signal: AbortSignal.any([signal, ready.signal]),
    onReady: (info) => {
      setupMs = info.setupMs;
      ready.abort();
    },
  });
  if (signal.aborted) throw signal.reason;
  if (setupMs === undefined) throw new EngineError('the run ended before its workers were ready');
  return setupMs;
}
