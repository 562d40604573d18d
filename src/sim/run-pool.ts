import type { Piscina } from 'piscina';

export interface RunPoolOptions {
  /** A bundled worker. */
  readonly workerFile: URL;
  /** Its function that takes a task; default `run`. */
  readonly taker?: string;
  /** Runs at a time. */
  readonly threads: number;
  /** Ends the runs that are under way, too. */
  readonly signal: AbortSignal;
}

const IDLE_MS = 10_000;

/** Runs in virtual time, several at a time: real time has no part in them, so they do not disturb each other. */
export class RunPool<Task, Answer> {
  readonly #pool: Promise<Piscina>;
  readonly #signal: AbortSignal;

  constructor({ workerFile, taker = 'run', threads, signal }: RunPoolOptions) {
    this.#signal = signal;
    // A single run needs no pool, and does not load one.
    this.#pool = import('piscina').then(
      ({ Piscina: Pool }) =>
        new Pool({
          filename: workerFile.href,
          name: taker,
          minThreads: 0,
          maxThreads: threads,
          concurrentTasksPerWorker: 1,
          recordTiming: false,
          // Else a thread ends, and another is made, wherever the next run comes a moment later.
          idleTimeout: IDLE_MS,
        }),
    );
  }

  /**
   * @param signal ends this run alone
   * @throws that the run was interrupted, or a defect of the thread
   */
  async run(task: Task, signal: AbortSignal = this.#signal): Promise<Answer> {
    const own = AbortSignal.any([this.#signal, signal]);
    const pool = await this.#pool;
    return (await pool.run(task, { signal: own })) as Answer;
  }

  /** Resolves when no thread is left. */
  async destroy(): Promise<void> {
    await (await this.#pool).destroy();
  }
}
