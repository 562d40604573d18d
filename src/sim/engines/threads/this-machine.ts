/** The machine as ground of a run: a worker thread for each peer, folders in memory or on its disk. */
import { createHash } from 'node:crypto';
import { loadavg } from 'node:os';
import type { Clock } from '../../../core/interfaces.ts';
import { makeOriginal, type Original } from '../../content/original.ts';
import { watchMachine } from '../../machine/machine-changes.ts';
import { processors } from '../../machine/processors.ts';
import type { Ground, HostFigures, HostingComponents } from '../real-time/ground.ts';
import { watchProcess } from '../real-time/watch-process.ts';
import { needsOf, type FittedPlan } from './capacity.ts';
import { loopbackPlace, type Place } from './addresses.ts';
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
  readonly #place: Place;
  readonly #workspace: Workspace;
  readonly #loadBefore = loadavg()[0]! / processors().coresOfMachine;
  #original: Original | undefined;

  /**
   * @param place default: loopback
   * @throws {StoreError} there is no room for the folders
   */
  constructor({ plan, notes }: Fit, workerFile: URL, place: Place = loopbackPlace(plan)) {
    this.plan = plan;
    this.#fitted = notes;
    this.#workerFile = workerFile;
    this.#place = place;
    this.#workspace = new Workspace(needsOf(plan).diskBytes);
  }

  async prepare(_: Clock, signal: AbortSignal): Promise<void> {
    const { content, peers } = this.plan;
    const holders = peers.map(({ holds }) => holds);
    this.#original = await makeOriginal(content, holders, this.#workspace.originalFolder, signal);
  }

  /** After `prepare`: the same wherever the content is the same. */
  contentDigest(): string {
    const hash = createHash('sha1');
    for (const chunk of this.#original!.chunks) hash.update(chunk.hash);
    return hash.digest('hex');
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
      this.#place,
    );
  }

  startLeadMs(): number {
    return START_LEAD_MS + START_LEAD_PER_PEER_MS * this.plan.peers.length;
  }

  watch(): (elapsedMs: number) => HostFigures & Pick<Required<HostFigures>, 'changes'> {
    const read = watchProcess();
    const readMachine = watchMachine();
    return (elapsedMs) => ({
      ...read(elapsedMs),
      changes: readMachine(),
      loadBefore: this.#loadBefore,
      ...(this.#fitted.length > 0 && { fitted: this.#fitted }),
      foldersInMemory: this.#workspace.inMemory,
    });
  }

  completed(figures: HostFigures): Promise<HostFigures> {
    return Promise.resolve(figures);
  }

  dispose(): Promise<void> {
    return this.#workspace.remove();
  }
}
