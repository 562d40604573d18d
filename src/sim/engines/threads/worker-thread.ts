import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { Piscina } from 'piscina';
import { EngineError } from '../../../core/errors.ts';
import type { FromWorker, PeersTask, ToWorker, TrackerTask } from './messages.ts';

/** The engine's hold on one task of the pool that hosts the tracker or peers. */
export class WorkerThread {
  /** Resolves when the task is over in order, or its thread has been killed; rejects when the pool lost it. */
  readonly done: Promise<void>;
  readonly #pool: Piscina;
  readonly #port: MessagePort;
  readonly #abort = new AbortController();
  readonly #onMessage: (message: FromWorker) => void;
  #threadId: number | undefined;
  #over = false;

  constructor(
    pool: Piscina,
    task: Omit<TrackerTask, 'port'> | Omit<PeersTask, 'port'>,
    onMessage: (message: FromWorker) => void,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.#pool = pool;
    this.#port = port1;
    this.#onMessage = onMessage;
    port1.on('message', (message: FromWorker) => this.#hear(message));
    const run = pool.run({ ...task, port: port2 }, { transferList: [port2], signal: this.#abort.signal });
    this.done = run.then(
      () => this.#end(),
      (error: unknown) => {
        this.#end();
        if (this.#abort.signal.aborted) return;
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
    const thread = this.#pool.threads.find((worker) => worker.threadId === this.#threadId);
    const dead = thread === undefined || this.#over ? undefined : once(thread, 'exit');
    this.#abort.abort();
    await dead;
  }

  #hear(message: FromWorker): void {
    if (message.type === 'up') this.#threadId = message.threadId;
    else this.#onMessage(message);
  }

  #end(): void {
    this.#over = true;
    // Messages that the thread has sent before its end are still delivered.
    this.#port.unref();
  }
}
