import { Piscina } from 'piscina';
import { fromPlainError } from './engines/run/plain-errors.ts';
import type { FinishedRun } from './pipeline.ts';
import type { RunAnswer, RunTask } from './run-worker.ts';

export interface RunPoolOptions {
  /** The bundled run-worker.ts. */
  readonly workerFile: URL;
  /** Runs at a time. */
  readonly threads: number;
  /** Ends the runs that are under way, too. */
  readonly signal: AbortSignal;
}

/** Runs in virtual time, several at a time: real time has no part in them, so they do not disturb each other. */
export class RunPool {
  readonly #pool: Piscina;
  readonly #signal: AbortSignal;

  constructor({ workerFile, threads, signal }: RunPoolOptions) {
    this.#signal = signal;
    this.#pool = new Piscina({
      filename: workerFile.href,
      name: 'run',
      minThreads: 0,
      maxThreads: threads,
      concurrentTasksPerWorker: 1,
      recordTiming: false,
    });
  }

  /** @throws what broke in the thread, or that the run was interrupted */
  async run(task: RunTask): Promise<FinishedRun> {
    const own = AbortSignal.any([this.#signal]);
    const answer = (await this.#pool.run(task, { signal: own })) as RunAnswer;
    if ('error' in answer) throw fromPlainError(answer.error);
    return answer;
  }

  /** Resolves when no thread is left. */
  destroy(): Promise<void> {
    return this.#pool.destroy();
  }
}
