/** How an agent does a run: in a thread where it is in virtual time, in this process where it is in real time. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownPrefix, removeLeftBehind } from '../../core/node/store/left-behind.ts';
import { fromPlainError } from '../engines/run/plain-errors.ts';
import type { Engine } from '../engines/engine.ts';
import type { EngineName } from '../plan/plan.ts';
import type { Environment } from '../result/result.ts';
import { RunPool } from '../run-pool.ts';
import type { PackAnswer, PackTask } from '../run-worker.ts';
import type { PackedPlan, PackedRun } from './packed-run.ts';

export interface PlanRunnerComponents {
  /** For what no thread of its own does; asked for when the first such run comes. */
  readonly engineOf: (name: EngineName) => Promise<Engine>;
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

  /** @throws {SwarmError} it is no plan of this engine, or could not be carried out */
  run(plan: PackedPlan, engine: EngineName, signal: AbortSignal): Promise<PackedRun> {
    return engine === 'virtual' ? this.#inThread(plan, signal) : this.#here(plan, engine, signal);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    await this.#pool.destroy();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #inThread(plan: PackedPlan, signal: AbortSignal): Promise<PackedRun> {
    const { environment } = this.#components;
    const answer = await this.#pool.run({ plan, folder: this.#folder, environment }, signal);
    if (answer.kind === 'failed') throw fromPlainError(answer.error);
    return answer;
  }

  async #here(plan: PackedPlan, engine: EngineName, signal: AbortSignal): Promise<PackedRun> {
    const { engineOf, environment } = this.#components;
    // An agent that does runs in virtual time alone needs none of it, and is there the sooner.
    const { runPacked } = await import('./packed-run.ts');
    return runPacked(await engineOf(engine), plan, { signal }, { folder: this.#folder, environment });
  }
}
