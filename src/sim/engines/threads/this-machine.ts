/** The machine as ground of a run: a worker thread for each peer, folders in memory or on its disk. */
import { loadavg } from 'node:os';
import { makeOriginal, type Original } from '../../content/original.ts';
import { processors } from '../../machine/processors.ts';
import type { Ground, HostFigures, Holdings, HostingComponents } from '../real-time/ground.ts';
import { watchProcess } from '../real-time/watch-process.ts';
import { needsOf, type FittedPlan } from './capacity.ts';
import { loopbackPlace } from './addresses.ts';
import type { Fit } from './fit.ts';
import { WorkerRuntime } from './worker-runtime.ts';
import { Workspace } from './workspace.ts';

const START_LEAD_MS = 5;
const START_LEAD_PER_PEER_MS = 0.05;

export class ThisMachine implements Ground {
  readonly engine = 'threads';
  readonly plan: FittedPlan;
  readonly #fitted: readonly string[];
  readonly #workerFile: URL;
  readonly #workspace: Workspace;
  readonly #loadBefore = loadavg()[0]! / processors().coresOfMachine;
  #original: Original | undefined;

  /** @throws {StoreError} there is no place for the folders */
  constructor({ plan, notes }: Fit, workerFile: URL) {
    this.plan = plan;
    this.#fitted = notes;
    this.#workerFile = workerFile;
    this.#workspace = new Workspace(needsOf(plan).diskBytes);
  }

  async prepare(signal: AbortSignal): Promise<Holdings> {
    const { content, peers } = this.plan;
    const holders = peers.map(({ holds }) => holds);
    const original = await makeOriginal(content, holders, this.#workspace.originalFolder, signal);
    this.#original = original;
    return {
      chunkBytes: original.chunks.map(({ bytes }) => bytes),
      heldBy: (holds) => original.heldBy(holds).map(({ index }) => index),
    };
  }

  host(components: HostingComponents): WorkerRuntime {
    return new WorkerRuntime(
      {
        ...components,
        workspace: this.#workspace,
        original: this.#original!,
        workerFile: this.#workerFile,
      },
      this.plan,
      loopbackPlace(this.plan),
    );
  }

  startLeadMs(): number {
    return START_LEAD_MS + START_LEAD_PER_PEER_MS * this.plan.peers.length;
  }

  watch(): (elapsedMs: number) => HostFigures {
    const read = watchProcess();
    return (elapsedMs) => ({
      ...read(elapsedMs),
      loadBefore: this.#loadBefore,
      ...(this.#fitted.length > 0 && { fitted: this.#fitted }),
      foldersInMemory: this.#workspace.inMemory,
    });
  }

  dispose(): Promise<void> {
    return this.#workspace.remove();
  }
}
