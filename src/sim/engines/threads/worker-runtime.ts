import type { Address } from '../../../core/interfaces.ts';
import { SECOND_MS } from '../../../core/units.ts';
import type { Original } from '../../content/original.ts';
import { parallelThreads } from '../../machine/processors.ts';
import { hostCount, type FittedPlan } from './capacity.ts';
import { spareTheCompiler } from './v8-flags.ts';
import type { ActiveFault } from '../../faults/peer-faults.ts';
import type { FolderVerdict, Hosting, HostingComponents } from '../real-time/ground.ts';
import { SHARED_HOST, type Place } from './addresses.ts';
import type { NodeCounters } from '../run/node-counters.ts';
import type { PeerState } from '../run/peer-state.ts';
import { stayOptions, trackerOptions } from '../run/stay-options.ts';
import { allocateCounters, nodeCounters, workerCounters } from '../real-time/counters.ts';
import { fromPlainError } from '../run/plain-errors.ts';
import { sliceMsOf } from '../real-time/slice.ts';
import { WorkerPool } from './worker-pool.ts';
import { WorkerThread } from './worker-thread.ts';
import type { FromWorker, PeerSetup, VerifyTask } from './messages.ts';
import type { Workspace } from './workspace.ts';

export interface WorkerRuntimeComponents extends HostingComponents {
  readonly workspace: Workspace;
  readonly original: Original;
  /** The bundled peer-worker.ts. */
  readonly workerFile: URL;
}

/** How often an event loop is looked at: as finely as the trust in it needs (20 ms)… */
const BEAT_MS_MIN = 20;
/** …but no more wake-ups a second of all threads together: watching hundreds of them must not load the machine. */
const BEATS_PER_SEC_MAX = 2500;

/** The threads of one run: the tracker's, and one for each peer (or for each few, by engine.peers_per_worker). */
export class WorkerRuntime implements Hosting {
  readonly counters: SharedArrayBuffer;
  readonly peerCounters: readonly NodeCounters[];
  readonly workers: number;
  readonly #components: WorkerRuntimeComponents;
  readonly #plan: FittedPlan;
  readonly #place: Place;
  readonly #pool: WorkerPool;
  readonly #live = new Set<WorkerThread>();
  readonly #workerOf = new Map<number, WorkerThread>();
  /** Called with the answer of a peer's thread that somebody waits for. */
  readonly #answers = new Map<string, (message: FromWorker) => void>();
  #tracker: Address | undefined;
  #trackerWorker: WorkerThread | undefined;
  #startMs: number | undefined;

  constructor(components: WorkerRuntimeComponents, plan: FittedPlan, place: Place) {
    this.#components = components;
    this.#plan = plan;
    this.#place = place;
    this.workers = hostCount(plan) + 1;
    this.counters = allocateCounters(plan.peers.length + 1, this.workers);
    this.peerCounters = plan.peers.map((_, slot) => nodeCounters(this.counters, slot));
    spareTheCompiler(plan.engine.peersPerWorker);
    this.#pool = new WorkerPool({
      workerFile: components.workerFile,
      threadsMax: this.workers,
      onError: (error) => components.listener.onFailure(error),
    });
  }

  /** Starts the tracker; resolves with its address. */
  async startTracker(port: number): Promise<Address> {
    const { tracker, peers } = this.#plan;
    const address = new Promise<Address>((resolve, reject) => {
      const worker = this.#startWorker(
        {
          kind: 'tracker',
          ...this.#taskBase(this.workers - 1),
          counterSlot: peers.length,
          seed: tracker.seed,
          hasFaults: this.#components.faults.concernsTracker,
          options: trackerOptions(tracker, port),
          ...(this.#place.trackerHost !== undefined && { host: this.#place.trackerHost }),
        },
        (message) => {
          if (message.type === 'listening') resolve(message.address);
          if (message.type === 'failed') reject(fromPlainError(message.error));
        },
      );
      worker.done.then(undefined, reject);
      this.#trackerWorker = worker;
    });
    this.#tracker = await address;
    return this.#tracker;
  }

  /** It is somebody else's. */
  useTracker(address: Address): void {
    this.#tracker = address;
  }

  prepare(peer: PeerState, onReady: () => void): void {
    try {
      if (peer.stayNumber === 1) this.resetFolder(peer);
      const worker = this.#workerFor(peer);
      this.#answers.set(`ready ${peer.name}`, onReady);
      worker.send({ type: 'open', setup: this.#setup(peer) });
    } catch (error) {
      this.#components.listener.onFailure(error);
    }
  }

  /** From now on the threads' event loops are watched. */
  begin(startMs: number): void {
    this.#startMs = startMs;
    for (const worker of this.#live) worker.send({ type: 'begin', startMs, watchFrom: 'start' });
  }

  beginFault(peer: PeerState, fault: ActiveFault): void {
    this.#presentWorkerOf(peer)?.send({ type: 'fault-begin', peer: peer.name, fault });
  }

  endFault(peer: PeerState, id: number): void {
    this.#presentWorkerOf(peer)?.send({ type: 'fault-end', peer: peer.name, id });
  }

  stopTracker(id: number): void {
    this.#trackerWorker?.send({ type: 'tracker-stop', id });
  }

  startTrackerAgain(forgets: boolean): void {
    this.#trackerWorker?.send({ type: 'tracker-start', forgets });
  }

  resetTracker(id: number, probability: number): void {
    this.#trackerWorker?.send({ type: 'tracker-reset', id, probability });
  }

  join(peer: PeerState, atMs: number): void {
    this.#workerFor(peer).send({ type: 'join', peer: peer.name, atMs });
  }

  leave(peer: PeerState): void {
    this.#workerFor(peer).send({ type: 'leave', peer: peer.name });
  }

  crash(peer: PeerState, onDead: (diedMs: number) => void): void {
    const worker = this.#workerFor(peer);
    if (this.#plan.engine.peersPerWorker === 1) {
      const diedMs = this.#components.clock.now();
      const slot = this.#slotOf(peer);
      worker.kill().then(
        () => {
          // Nobody waits for it any more.
          workerCounters(this.counters, slot).nextBeatMs = 0;
          onDead(diedMs);
        },
        (error: unknown) => this.#components.listener.onFailure(error),
      );
    } else {
      this.#answers.set(`gone ${peer.name}`, (message) => {
        if (message.type === 'gone') onDead(message.atMs);
      });
      worker.send({ type: 'drop', peer: peer.name });
    }
  }

  hostOf(peer: PeerState | undefined): string {
    return peer === undefined ? SHARED_HOST : this.#place.hostOf(peer.position);
  }

  release(peer: PeerState): void {
    if (this.#plan.engine.peersPerWorker === 1)
      this.#workerOf.get(this.#slotOf(peer))?.send({ type: 'close' });
  }

  resetFolder({ position, planned }: PeerState): void {
    const { workspace, original } = this.#components;
    workspace.fillPeerFolder(position, original.chunks.length, original.heldBy(planned.holds));
  }

  receivedBytes({ position }: PeerState): number {
    return this.peerCounters[position]?.payloadReceivedBytes ?? 0;
  }

  async close(limitMs: number): Promise<void> {
    const untilMs = performance.now() + limitMs;
    await this.closePeers(limitMs);
    await this.closeTracker(Math.max(0, untilMs - performance.now()));
  }

  closePeers(limitMs: number): Promise<void> {
    return close(
      [...this.#live].filter((worker) => worker !== this.#trackerWorker),
      limitMs,
    );
  }

  closeTracker(limitMs: number): Promise<void> {
    return close(
      [...this.#live].filter((worker) => worker === this.#trackerWorker),
      limitMs,
    );
  }

  /** As far as counters go, shared memory is never late. */
  settle(): Promise<void> {
    return Promise.resolve();
  }

  /** What each peer's folder holds, by position, from the bytes on disk. Nobody may be writing any more. */
  async verify(): Promise<FolderVerdict[]> {
    const { workspace, original } = this.#components;
    const folders = this.#plan.peers.map((_, position) => workspace.peerFolder(position));
    const parts = Math.min(folders.length, parallelThreads());
    const verdicts = new Array<FolderVerdict>(folders.length);
    const verifyPart = async (part: number): Promise<void> => {
      const own = folders.filter((_, position) => position % parts === part);
      const task: VerifyTask = {
        kind: 'verify',
        folders: own,
        hashes: original.chunks.map(({ hash }) => hash),
      };
      const found = (await this.#pool.run(task)) as FolderVerdict[];
      found.forEach((verdict, at) => (verdicts[at * parts + part] = verdict));
    };
    await Promise.all(Array.from({ length: parts }, (_, part) => verifyPart(part)));
    return verdicts;
  }

  /** Kills every thread that is left; resolves when all are dead. */
  destroy(): Promise<void> {
    return this.#pool.destroy();
  }

  #slotOf(peer: PeerState): number {
    return Math.floor(peer.position / this.#plan.engine.peersPerWorker);
  }

  /** The peer's thread; a new one when it has none, or when that was killed. */
  #workerFor(peer: PeerState): WorkerThread {
    const slot = this.#slotOf(peer);
    const present = this.#workerOf.get(slot);
    if (present !== undefined && !present.over) return present;
    const worker = this.#startWorker({
      kind: 'peers',
      ...this.#taskBase(slot),
      tracker: this.#tracker!,
      shared: this.#plan.engine.peersPerWorker > 1,
      sliceMs: sliceMsOf(this.#plan),
      neighbourhood: this.#place.neighbourhood,
    });
    this.#workerOf.set(slot, worker);
    // Until it hears of it, it was not there: that is no stall.
    if (this.#startMs !== undefined) {
      worker.send({ type: 'begin', startMs: this.#startMs, watchFrom: 'now' });
    }
    return worker;
  }

  #presentWorkerOf(peer: PeerState): WorkerThread | undefined {
    const worker = this.#workerOf.get(this.#slotOf(peer));
    return worker === undefined || worker.over ? undefined : worker;
  }

  #taskBase(workerSlot: number) {
    return {
      originNs: this.#components.originNs,
      counters: this.counters,
      workerSlot,
      beatMs: Math.max(BEAT_MS_MIN, Math.ceil((this.workers * SECOND_MS) / BEATS_PER_SEC_MAX)),
      totalChunks: this.#plan.content.totalChunks,
      hits: this.#components.faults.hits.buffer,
      ...(this.#place.members !== undefined && { members: this.#place.members }),
    };
  }

  #startWorker(
    task: ConstructorParameters<typeof WorkerThread>[1],
    alsoTell?: (message: FromWorker) => void,
  ): WorkerThread {
    const worker = new WorkerThread(this.#pool, task, (message) => {
      alsoTell?.(message);
      this.#hear(message);
    });
    this.#live.add(worker);
    worker.done.then(
      () => this.#live.delete(worker),
      (error: unknown) => {
        this.#live.delete(worker);
        this.#components.listener.onFailure(error);
      },
    );
    return worker;
  }

  #hear(message: FromWorker): void {
    if (message.type === 'ready' || message.type === 'gone') {
      const key = `${message.type} ${message.peer}`;
      const answer = this.#answers.get(key);
      this.#answers.delete(key);
      if (answer !== undefined) return answer(message);
    }
    const { listener } = this.#components;
    if (message.type === 'events') listener.onEvents(message.events);
    else if (message.type === 'gone') listener.onGone(message.peer, message.atMs);
    else if (message.type === 'failed') listener.onFailure(fromPlainError(message.error));
  }

  #setup(peer: PeerState): PeerSetup {
    const { original, workspace, faults } = this.#components;
    const held = new Set(peer.heldAtStart);
    return {
      ...stayOptions(this.#plan, peer, { host: this.#place.hostOf(peer.position), port: 0 }),
      folder: workspace.peerFolder(peer.position),
      // Who comes back looks at what it has, as in life; what was just put there is known.
      known:
        peer.stayNumber === 1 ? original.chunks.map((info, at) => (held.has(at + 1) ? info : undefined)) : [],
      counterSlot: peer.position,
      link: peer.planned.link,
      faults: faults.activeOf(peer),
    };
  }
}

/** Lets all leave in order; a thread that takes too long is killed. */
async function close(workers: readonly WorkerThread[], limitMs: number): Promise<void> {
  for (const worker of workers) worker.send({ type: 'close' });
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([Promise.all(workers.map((worker) => worker.done)), limit]);
  clearTimeout(timer);
  await Promise.all(workers.filter((worker) => !worker.over).map((worker) => worker.kill()));
}
