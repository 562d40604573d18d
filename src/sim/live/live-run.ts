/**
 * What a browser is shown of a run that goes on: the report as if it were over now. A thread of its own makes it, so that
 * the thread that leads the run keeps its times.
 */
import { Worker } from 'node:worker_threads';
import type { SwarmEvent } from '../../core/events.ts';
import type { RunProgress, RunRecord, RunWatcher } from '../engines/engine.ts';
import type { FromLiveWorker, LiveTask, ToLiveWorker } from './live-messages.ts';

export interface LiveRunComponents {
  /** The bundled live-worker.ts. */
  readonly workerFile: URL;
  readonly task: LiveTask;
  /** Real time in ms. */
  readonly now: () => number;
  /** The run has got on; at most once in `NEWS_EVERY_MS`. */
  readonly onNews: (progress: RunProgress) => void;
}

const NEWS_EVERY_MS = 500;

/** A report is made anew when at least so many times as long has passed as it took to make the last. */
const REST_FACTOR = 10;

/** More events than these are passed on before the run tells how it gets on. */
const EVENTS_AT_ONCE = 1000;

export class LiveRun {
  readonly #components: LiveRunComponents;
  readonly #worker: Worker | undefined;
  #events: SwarmEvent[] = [];
  #peek: (() => RunRecord) | undefined;
  #toldMs = -Infinity;
  /** The last that was asked for, and until when it is new enough. */
  #made: { readonly html: Promise<string>; untilMs: number } | undefined;
  #answer: { resolve(html: string): void; reject(error: Error): void } | undefined;
  #failure: Error | undefined;

  constructor(components: LiveRunComponents) {
    this.#components = components;
    // Whatever becomes of it, the run goes on without its page.
    try {
      this.#worker = new Worker(components.workerFile, { workerData: components.task });
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    this.#worker.unref();
    this.#worker.on('message', (made: FromLiveWorker) => this.#hear(made));
    this.#worker.on('error', (error: Error) => this.#fail(error));
  }

  readonly watcher = {
    onLiveEvent: (event) => {
      this.#events.push(event);
      if (this.#events.length >= EVENTS_AT_ONCE) this.#pass();
    },
    onProgress: (progress, peek) => {
      this.#peek = peek;
      this.#pass();
      const nowMs = this.#components.now();
      if (nowMs - this.#toldMs < NEWS_EVERY_MS) return;
      this.#toldMs = nowMs;
      this.#components.onNews(progress);
    },
  } satisfies Partial<RunWatcher>;

  /** null: the swarm is not ready yet. Rejects when the page could not be made. */
  async report(): Promise<string | null> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#peek === undefined) return null;
    if (this.#made !== undefined && this.#components.now() < this.#made.untilMs) return this.#made.html;
    const html = new Promise<string>((resolve, reject) => (this.#answer = { resolve, reject }));
    this.#made = { html, untilMs: Infinity };
    this.#pass(this.#peek());
    return html;
  }

  /** Resolves when who has asked for a report has it, and the thread has ended. */
  async end(): Promise<void> {
    this.#events = [];
    await this.#made?.html.catch(() => undefined);
    await this.#worker?.terminate();
  }

  #pass(record?: RunRecord): void {
    if (this.#failure !== undefined) return;
    const events = this.#events;
    this.#events = [];
    this.#worker?.postMessage({ events, ...(record && { record }) } satisfies ToLiveWorker);
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#answer?.reject(error);
  }

  #hear({ html, tookMs }: FromLiveWorker): void {
    this.#made!.untilMs = this.#components.now() + REST_FACTOR * tookMs;
    this.#answer!.resolve(html);
  }
}
