/** Micro-benchmarks in rounds: all of them once, then all again, so that a busy minute of the host meets them all. */
import { median } from 'simple-statistics';
import { EngineError } from '../../src/core/errors.ts';
import { startWorker } from '../../src/sim/engines/threads/start-failure.ts';
import { hostWarnings, probeHost } from '../host.ts';
import type { HostShare, MicroResult } from '../report/report.ts';
import { meanInterval } from '../statistics.ts';
import type { MicroBudget, MicroSample, MicroTask } from './measure-once.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

export interface MicroRun {
  /** The bundled micro-worker.ts. */
  readonly workerFile: URL;
  readonly benchmarks: readonly MicroBenchmark[];
  readonly rounds: number;
  readonly budget: MicroBudget;
  readonly signal: AbortSignal;
  onProgress(line: string): void;
}

/**
 * Resolves with the rounds that came to their end: all of them, or fewer when it was stopped.
 * @throws {EngineError} a benchmark failed, or does other work in one round than in another
 */
export async function runMicro({ benchmarks, rounds, signal, ...run }: MicroRun): Promise<MicroResult[]> {
  const finished: MicroSample[][] = [];
  const hosts: HostShare[] = [];
  for (let round = 1; round <= rounds && benchmarks.length > 0 && !signal.aborted; round++) {
    run.onProgress(`micro-benchmarks, round ${round} of ${rounds}`);
    const probe = probeHost();
    const task: MicroTask = { names: benchmarks.map(({ name }) => name), budget: run.budget };
    const samples = await runRound(run.workerFile, task, signal);
    if (samples === undefined) break;
    finished.push(samples);
    hosts.push(probe.read());
  }
  if (finished.length === 0) return [];
  const warnings = [...new Set(hosts.flatMap(hostWarnings))].slice(-1);
  return benchmarks.map((benchmark) =>
    summarise(
      benchmark,
      finished.map((samples) => samples.find(({ name }) => name === benchmark.name)!),
      warnings,
    ),
  );
}

/** undefined when it was stopped. */
async function runRound(
  workerFile: URL,
  workerData: MicroTask,
  signal: AbortSignal,
): Promise<MicroSample[] | undefined> {
  const worker = startWorker(workerFile, workerData);
  const samples: MicroSample[] = [];
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.on('message', (sample: MicroSample) => samples.push(sample));
      worker.on('error', (cause) =>
        reject(new EngineError(`a micro-benchmark failed: ${String(cause)}`, { cause })),
      );
      worker.on('exit', () => resolve());
    });
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return signal.aborted ? undefined : samples;
}

function summarise(
  { name, bytesPerOp }: MicroBenchmark,
  rounds: readonly MicroSample[],
  hostNotes: readonly string[],
): MicroResult {
  const opsPerSec = rounds.map((sample) => sample.opsPerSec);
  const checksums = new Set(rounds.map(({ checksum }) => checksum));
  if (checksums.size > 1)
    throw new EngineError(`${name} does other work in each round: ${[...checksums].join(', ')}`);
  const saturated = rounds.find(({ saturation }) => saturation !== null)?.saturation;
  return {
    kind: 'micro',
    name,
    opsPerSec,
    interval: meanInterval(opsPerSec),
    p99Ms: median(rounds.map(({ p99Ms }) => p99Ms)),
    samples: rounds.reduce((sum, { samples }) => sum + samples, 0),
    bytesPerOp: bytesPerOp ?? null,
    checksum: rounds[0]!.checksum,
    warnings: [
      ...(saturated === undefined ? [] : [`the timer is too coarse for a call (${String(saturated)})`]),
      ...hostNotes,
    ],
  };
}
