import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { EngineError } from '../../../core/errors.ts';
import type { FromWorker, PeersTask, ToWorker, TrackerTask } from './messages.ts';
import { isStartFailure, startFailure } from './start-failure.ts';
import type { WorkerPool } from './worker-pool.ts';

/** The engine's hold on one task of the pool that hosts the tracker or peers. */
export class WorkerThread {
  /** Resolves when the task is over in order, or its thread has been killed; rejects when the pool lost it. */
  readonly done: Promise<void>;
  readonly #pool: WorkerPool;
  readonly #port: MessagePort;
  readonly #onMessage: (message: FromWorker) => void;
  #threadId: number | undefined;
  #killed = false;
  #over = false;

  /** @throws {EngineError} no further thread can be started */
  constructor(
    pool: WorkerPool,
    task: Omit<TrackerTask, 'port'> | Omit<PeersTask, 'port'>,
    onMessage: (message: FromWorker) => void,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.#pool = pool;
    this.#port = port1;
    this.#onMessage = onMessage;
    const run = pool.run({ ...task, port: port2 }, [port2]);
    port1.on('message', (message: FromWorker) => this.#hear(message));
    this.done = run.then(
      () => this.#end(),
      (error: unknown) => {
        this.#end();
        if (this.#killed) return;
        if (isStartFailure(error)) throw startFailure(error);
        const why = error instanceof Error ? error.message : String(error);
        throw new EngineError(`a worker thread ended before its task: ${why}`, { cause: error });
      },
    );
  }

  get over(): boolean {
    return this.#over;
  }

  send(message: ToWorker): void {
    this.#port.postMessage(message);
  }

  /** Kills the thread: no handler of it runs any more, and the system closes its sockets. Resolves when it is dead. */
  async kill(): Promise<void> {
    if (this.#over) return;
    this.#killed = true;
    this.#end();
    // One that is not up yet has no number, and is killed as soon as it has one.
    if (this.#threadId !== undefined) await this.#pool.terminate(this.#threadId);
  }

  #hear(message: FromWorker): void {
    if (message.type !== 'up') return this.#onMessage(message);
    this.#threadId = message.threadId;
    if (this.#killed) void this.#pool.terminate(message.threadId);
  }

  #end(): void {
    this.#over = true;
    // Messages that the thread has sent before its end are still delivered.
    this.#port.unref();
  }
}
