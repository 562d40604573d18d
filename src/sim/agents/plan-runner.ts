/** How an agent does a run: in a thread where it is in virtual time, in this process where it is in real time. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPrefix, removeLeftBehind } from '../../core/node/store/left-behind.ts';
import { fromPlainError } from '../engines/run/plain-errors.ts';
import type { Engines } from '../engines/registry.ts';
import { forecast } from '../experiment/forecast.ts';
import { pageScript } from '../page/page-script.ts';
import { runPlan } from '../pipeline.ts';
import { engineNameOf, type Plan } from '../plan/plan.ts';
import { describeShortages } from '../plan/shortage.ts';
import type { Environment } from '../result/result.ts';
import { RunPool } from '../run-pool.ts';
import type { RunAnswer, RunTask } from '../run-worker.ts';
import { ConfigError } from '../../core/errors.ts';
import { packReport, type ReportFiles } from './report-pack.ts';

export interface PlanRunnerComponents {
  readonly engines: Engines;
  /** The bundled run-worker.ts. */
  readonly runWorkerFile: URL;
  readonly environment: Environment;
  readonly lanes: number;
}

const FOLDER = 'swarm-lab-agent';

export class PlanRunner {
  readonly #components: PlanRunnerComponents;
  readonly #folder: string;
  readonly #pool: RunPool<RunTask, RunAnswer>;
  readonly #script = pageScript('page');
  #runs = 0;
  #underWay = 0;

  constructor(components: PlanRunnerComponents) {
    this.#components = components;
    removeLeftBehind(tmpdir(), FOLDER);
    this.#folder = mkdtempSync(join(tmpdir(), ownPrefix(FOLDER)));
    this.#pool = new RunPool({
      workerFile: components.runWorkerFile,
      threads: components.lanes,
      signal: new AbortController().signal,
    });
  }

  get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /**
   * The packed report of a run.
   *
   * @throws {SwarmError} the run could not be carried out on this machine
   */
  async run(plan: Plan, signal: AbortSignal): Promise<Uint8Array> {
    const { engines } = this.#components;
    const engine = engines[engineNameOf(plan)];
    const { shortages } = forecast(plan, engine);
    if (shortages.length > 0) throw new ConfigError(describeShortages(plan.scenario.name, shortages));
    const place = { parent: this.#folder, name: `run-${++this.#runs}` };
    let folder: string | undefined;
    this.#underWay++;
    try {
      folder =
        engine.name === 'virtual'
          ? await this.#inThread(plan, place, signal)
          : await this.#here(plan, place, signal);
      return await packReport(filesOf(folder), this.#script);
    } finally {
      this.#underWay--;
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    }
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.#pool.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #inThread(plan: Plan, place: RunTask['place'], signal: AbortSignal): Promise<string> {
    const { environment } = this.#components;
    const answer = await this.#pool.run({ plan, reports: this.#folder, place, environment }, signal);
    if ('error' in answer) throw fromPlainError(answer.error);
    return answer.folder;
  }

  async #here(plan: Plan, place: RunTask['place'], signal: AbortSignal): Promise<string> {
    const { engines, environment } = this.#components;
    const { folder } = await runPlan(
      plan,
      this.#folder,
      { engines, environment, watcher: { signal } },
      place,
    );
    return folder;
  }
}

function filesOf(folder: string): ReportFiles {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}
