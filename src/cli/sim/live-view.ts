/** `--live`: a page that shows the runs while they go on, for browsers of this machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LiveRun } from '../../sim/live/live-run.ts';
import { serveLive, type LiveServer } from '../../sim/live/live-server.ts';
import { renderLivePage } from '../../sim/page/html/live-page.ts';
import { pageScript } from '../../sim/page/page-script.ts';
import type { News } from '../../sim/page/shared/news.ts';
import type { Plan } from '../../sim/plan/plan.ts';
import type { Environment } from '../../sim/result/result.ts';
import { describeProgress } from '../progress/progress-line.ts';

/** So long a browser may take until it asks for the last report; one that has stopped never does. */
const END_GRACE_MS = 15_000;
/** So long a busy machine may take from the page to its script. */
const OPEN_MS = 60_000;

const WORKER = new URL('./live-worker.js', import.meta.url);

export class LiveView {
  readonly #title: string;
  readonly #environment: Environment;
  readonly #script = pageScript('page');
  #report: () => Promise<string | null> = () => Promise.resolve(null);
  readonly #workerFile: URL;
  #run: LiveRun | undefined;
  #version = 0;
  #last: News;
  #server!: LiveServer;

  private constructor(title: string, environment: Environment, workerFile: URL) {
    this.#workerFile = workerFile;
    this.#title = title;
    this.#environment = environment;
    this.#last = { version: 0, text: `${title}: no run was begun`, title };
  }

  /** Default port: any free one. @throws {ConfigError} the port is taken */
  static async open(
    title: string,
    environment: Environment,
    port = 0,
    workerFile = WORKER,
  ): Promise<LiveView> {
    const view = new LiveView(title, environment, workerFile);
    const shell = renderLivePage(title, pageScript('live'));
    view.#server = await serveLive({ shell, report: () => view.#report() }, port);
    return view;
  }

  /** Whether any browser has ever come. */
  get wasSeen(): boolean {
    return this.#server.wasRead;
  }

  get url(): string {
    return this.#server.url;
  }

  /** From now on browsers see this run; for the engine, to tell how it gets on. */
  follow(plan: Plan, label: string): LiveRun['watcher'] {
    void this.#run?.end();
    const run = new LiveRun({
      workerFile: this.#workerFile,
      task: { plan, environment: this.#environment, script: this.#script },
      now: () => performance.now(),
      onNews: (progress) => {
        this.#version++;
        this.#tell(label, describeProgress(progress, ''));
      },
    });
    this.#run = run;
    const before = this.#report;
    // Who was told of the run before asks for a report; without one its page would wait for it for ever.
    this.#report = async () => (await run.report()) ?? before();
    return run.watcher;
  }

  /** The run is over, and its report is in the folder. */
  finished(label: string, folder: string): void {
    const file = join(folder, 'report.html');
    this.#report = () => readFile(file, 'utf8');
    void this.#run?.end();
    this.#version++;
    this.#tell(label, `over; the report is ${file}`);
  }

  /**
   * Resolves when the browsers have the last report, or after a few seconds.
   *
   * @param until where no browser has ever come, one is waited for until this is aborted; default: none is
   */
  async end(until?: AbortSignal): Promise<void> {
    await this.#server.end(JSON.stringify(this.#last), { graceMs: END_GRACE_MS, openMs: OPEN_MS }, until);
    await this.#run?.end();
  }

  #tell(label: string, text: string): void {
    this.#last = {
      version: this.#version,
      text: label === this.#title ? text : `${label}: ${text}`,
      title: `${label}: ${text}`,
    };
    this.#server.tell(JSON.stringify(this.#last));
  }
}
