/**
 * The plain Node star: one sender thread, n receiver threads, TCP over loopback, SHA-1 and a file at each receiver.
 * What a program of a few lines reaches on this host when nobody passes anything on; the bar for whole-swarm figures.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { EngineError } from '../../src/core/errors.ts';
import { startWorker } from '../../src/sim/engines/threads/start-failure.ts';
import { MIB } from '../../src/core/units.ts';
import type { StarGo, StarReport, StarTask } from './messages.ts';

export interface StarOptions {
  /** The bundled star-worker.ts. */
  readonly workerFile: URL;
  /** What is sent. */
  readonly file: string;
  readonly fileBytes: number;
  /** SHA-1 of the file, hex. */
  readonly hash: string;
  /** Made for the receivers: i writes the file `<i>` there. */
  readonly folder: string;
  readonly receivers: number;
  /** Bytes handed to a socket at a time. Default 1 MiB. */
  readonly unitBytes?: number;
  readonly signal: AbortSignal;
}

/**
 * Runs the star once. All threads are up and all files open before the clock starts; it stops when the last receiver
 * has hashed, written and closed.
 *
 * @returns makespan in ms
 * @throws {EngineError} a thread failed or was stopped by the signal, or a receiver got other bytes
 */
export async function runStar(options: StarOptions): Promise<number> {
  const { file, folder, receivers, unitBytes = MIB } = options;
  mkdirSync(folder, { recursive: true });
  const threads: StarThread[] = [];
  const start = (task: StarTask): StarThread => {
    const thread = new StarThread(options.workerFile, task);
    threads.push(thread);
    return thread;
  };
  // Whoever is waited for then fails.
  const stop = (): void => threads.forEach((thread) => void thread.terminate());
  options.signal.addEventListener('abort', stop);
  try {
    const sender = start({ role: 'sender', file, unitBytes });
    const { port } = await sender.expect('listening');
    const rim = Array.from({ length: receivers }, (_, at) =>
      start({ role: 'receiver', port, file: join(folder, String(at + 1)) }),
    );
    await Promise.all(rim.map((thread) => thread.expect('ready')));
    const startNs = process.hrtime.bigint();
    for (const thread of rim) thread.go();
    const done = Promise.all(rim.map((thread) => thread.expect('done')));
    // A sender that dies would leave the receivers waiting for ever.
    const reports = await Promise.race([done, sender.failure]);
    for (const { bytes, hash } of reports) {
      if (bytes !== options.fileBytes || hash !== options.hash) {
        throw new EngineError(`the star delivered ${bytes} bytes with SHA-1 ${hash}, not the file`);
      }
    }
    return Math.max(...reports.map(({ atNs }) => Number(atNs - startNs) / 1e6));
  } finally {
    options.signal.removeEventListener('abort', stop);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

type ReportOf<T extends StarReport['type']> = Extract<StarReport, { readonly type: T }>;

class StarThread {
  readonly #worker: Worker;
  /** Rejects when the thread fails or is ended; never resolves. */
  readonly failure: Promise<never>;

  constructor(workerFile: URL, task: StarTask) {
    this.#worker = startWorker(workerFile, task);
    this.failure = new Promise<never>((_, reject) => {
      this.#worker.on('error', (cause) =>
        reject(new EngineError(`a thread of the star failed: ${String(cause)}`, { cause })),
      );
      this.#worker.on('exit', (code) => reject(new EngineError(`a thread of the star left with ${code}`)));
    });
    // Nobody may be listening when the thread is ended in order.
    this.failure.catch(() => undefined);
  }

  expect<T extends StarReport['type']>(type: T): Promise<ReportOf<T>> {
    const report = new Promise<ReportOf<T>>((resolve) => {
      const listen = (message: StarReport): void => {
        if (message.type !== type) return;
        this.#worker.off('message', listen);
        resolve(message as ReportOf<T>);
      };
      this.#worker.on('message', listen);
    });
    return Promise.race([report, this.failure]);
  }

  go(): void {
    this.#worker.postMessage({ type: 'go' } satisfies StarGo);
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }
}
