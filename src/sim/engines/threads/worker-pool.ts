import { ArrayTaskQueue, Piscina } from 'piscina';
import type { Transferable } from 'node:worker_threads';
import { startFailure } from './start-failure.ts';
import { workerCode, type WorkerCode } from './worker-code.ts';

export interface WorkerPoolOptions {
  /** The bundled worker. */
  readonly workerFile: URL;
  readonly threadsMax: number;
  /** A thread broke that had no task. */
  readonly onError: (error: unknown) => void;
}

/** Worker threads, each of which comes with its task and has it to itself. */
export class WorkerPool {
  readonly #queue = new ForgetfulQueue();
  readonly #pool: Piscina;
  readonly #code: WorkerCode | undefined;

  constructor({ workerFile, threadsMax, onError }: WorkerPoolOptions) {
    this.#code = workerCode(workerFile);
    this.#pool = new Piscina({
      filename: workerFile.href,
      name: 'work',
      // A minimum would make the pool replace a killed thread at once, at the cost of the swarm that is being measured.
      minThreads: 0,
      maxThreads: threadsMax,
      taskQueue: this.#queue,
      // With atomics a worker between two tasks sleeps in Atomics.wait, and its timers and sockets with it.
      atomics: 'disabled',
      recordTiming: false,
    });
    this.#pool.on('error', onError);
  }

  /**
   * Resolves with what the task returns.
   * @throws {EngineError} at once, when no further thread can be started
   */
  run(task: object, transferList: readonly Transferable[] = []): Promise<unknown> {
    try {
      return this.#pool.run(
        { ...task, code: this.#code },
        { transferList: [...transferList] },
      ) as Promise<unknown>;
    } catch (cause) {
      // Nobody has the promise of this task, and its rejection when the pool is destroyed would end the process.
      this.#queue.forgetLast();
      throw startFailure(cause);
    }
  }

  /** Kills a thread: no handler of it runs any more. Resolves when it is dead. */
  async terminate(threadId: number): Promise<void> {
    await this.#pool.threads.find((thread) => thread.threadId === threadId)?.terminate();
  }

  /** Kills every thread that is left; resolves when all are dead. */
  destroy(): Promise<void> {
    return this.#pool.destroy();
  }
}

type Task = Parameters<ArrayTaskQueue['push']>[0];

class ForgetfulQueue extends ArrayTaskQueue {
  #last: Task | undefined;

  override push(task: Task): void {
    this.#last = task;
    super.push(task);
  }

  forgetLast(): void {
    if (this.#last !== undefined && this.tasks.includes(this.#last)) this.remove(this.#last);
    this.#last = undefined;
  }
}
