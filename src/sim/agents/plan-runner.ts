/** How an agent does a run: in a thread where it is in virtual time, in this process where it is in real time. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPrefix, removeLeftBehind } from '../../core/node/store/left-behind.ts';
import { fromPlainError } from '../engines/run/plain-errors.ts';
import type { Engines } from '../engines/registry.ts';
import { engineNameOf, type Plan } from '../plan/plan.ts';
import type { Shortage } from '../plan/shortage.ts';
import type { Environment } from '../result/result.ts';
import { RunPool } from '../run-pool.ts';
import type { PackAnswer, PackTask } from '../run-worker.ts';
import { runAndPack } from './run-and-pack.ts';

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
  readonly #pool: RunPool<PackTask, PackAnswer>;

  constructor(components: PlanRunnerComponents) {
    this.#components = components;
    removeLeftBehind(tmpdir(), FOLDER);
    this.#folder = mkdtempSync(join(tmpdir(), ownPrefix(FOLDER)));
    this.#pool = new RunPool({
      workerFile: components.runWorkerFile,
      taker: 'pack',
      threads: components.lanes,
      signal: new AbortController().signal,
    });
  }

  /** What this machine has too little of for the run; empty: it can be done here. */
  shortagesOf(plan: Plan): readonly Shortage[] {
    return this.#components.engines[engineNameOf(plan)].check(plan);
  }

  /**
   * The packed report of a run.
   *
   * @throws {SwarmError} the run could not be carried out on this machine
   */
  run(plan: Plan, signal: AbortSignal): Promise<Uint8Array> {
    return engineNameOf(plan) === 'virtual' ? this.#inThread(plan, signal) : this.#here(plan, signal);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.#pool.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #inThread(plan: Plan, signal: AbortSignal): Promise<Uint8Array> {
    const { environment } = this.#components;
    const answer = await this.#pool.run({ plan, folder: this.#folder, environment }, signal);
    if ('error' in answer) throw fromPlainError(answer.error);
    return answer.packed;
  }

  #here(plan: Plan, signal: AbortSignal): Promise<Uint8Array> {
    const { engines, environment } = this.#components;
    return runAndPack(engines[engineNameOf(plan)], plan, { signal }, { folder: this.#folder, environment });
  }
}
