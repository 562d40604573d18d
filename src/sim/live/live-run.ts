/** What a browser is shown of a run that goes on: the report as if it were over now. */
import type { RunProgress, RunRecord, RunWatcher } from '../engines/engine.ts';
import { Measurement } from '../measure/measure.ts';
import { StoryFold } from '../page/data/story-fold.ts';
import { renderRunPage } from '../page/html/run-page.ts';
import type { Plan } from '../plan/plan.ts';
import type { Environment } from '../result/result.ts';

export interface LiveRunComponents {
  readonly environment: Environment;
  /** The browser's code of the pages. */
  readonly script: string;
  /** Real time in ms. */
  readonly now: () => number;
  /** The run has got on; at most once in `NEWS_EVERY_MS`. */
  readonly onNews: (progress: RunProgress) => void;
}

const NEWS_EVERY_MS = 500;

/** A report is made anew when at least so many times as long has passed as it took to make the last. */
const REST_FACTOR = 10;

export class LiveRun {
  readonly #components: LiveRunComponents;
  readonly #measurement: Measurement;
  readonly #story: StoryFold;
  #peek: (() => RunRecord) | undefined;
  #toldMs = -Infinity;
  #made: { readonly html: string; readonly untilMs: number } | undefined;

  constructor(plan: Plan, components: LiveRunComponents) {
    this.#components = components;
    this.#measurement = new Measurement(plan);
    this.#story = new StoryFold(plan);
  }

  readonly watcher = {
    onLiveEvent: (event) => {
      this.#measurement.see(event);
      this.#story.see(event);
    },
    onProgress: (progress, peek) => {
      this.#peek = peek;
      const nowMs = this.#components.now();
      if (nowMs - this.#toldMs < NEWS_EVERY_MS) return;
      this.#toldMs = nowMs;
      this.#components.onNews(progress);
    },
  } satisfies Partial<RunWatcher>;

  /** null: the swarm is not ready yet. */
  report(): string | null {
    if (this.#peek === undefined) return null;
    const beganMs = this.#components.now();
    if (this.#made !== undefined && beganMs < this.#made.untilMs) return this.#made.html;
    const result = this.#measurement.result(this.#peek(), this.#components.environment);
    const html = renderRunPage(this.#story.story(result), this.#components.script, { goesOn: true });
    const nowMs = this.#components.now();
    this.#made = { html, untilMs: nowMs + REST_FACTOR * (nowMs - beganMs) };
    return html;
  }
}
