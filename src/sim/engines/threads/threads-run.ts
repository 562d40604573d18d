/** What the main thread does in a run: it makes the threads, begins and ends their work, and gathers what they tell. */
import { loadavg } from 'node:os';
import type { SwarmEvent } from '../../../core/events.ts';
import { clockOrigin, systemClock } from '../../../core/node/system-clock.ts';
import { longestQuietMs } from '../../analyse/first-chunk.ts';
import { chunkBytesOf } from '../../content/planned-content.ts';
import { makeOriginal } from '../../content/original.ts';
import type { LiveSwarm } from '../../faults/condition.ts';
import { processors } from '../../machine/processors.ts';
import { watchThrottling } from '../../machine/throttling.ts';
import type { HostRecord, PeerRecord, RunRecord, RunWatcher } from '../engine.ts';
import { AwaitedController } from '../run/awaited-controller.ts';
import { FaultInjector } from '../run/fault-injector.ts';
import { copyFields, shapingFields, trafficFields } from '../run/node-counters.ts';
import { PeerState } from '../run/peer-state.ts';
import { fromPlainError } from '../run/plain-errors.ts';
import type { RunEnd } from '../run/run-controller.ts';
import { SAMPLE_STEP_MS, Sampler } from '../run/sampler.ts';
import { needsOf, type FittedPlan } from './capacity.ts';
import { allocateCounters, workerCounters, nodeCounters, type WorkerCounters } from './counters.ts';
import type { Fit } from './fit.ts';
import { LiveOrder } from './live-order.ts';
import type { FolderVerdict, FromWorker } from './messages.ts';
import { hasRates, sliceMsOf } from './slice.ts';
import { WorkerRuntime } from './worker-runtime.ts';
import { Workspace } from './workspace.ts';

/** Peers that take longer to leave in order are killed. */
const CLOSE_LIMIT_MS = 3000;
const CLOSE_LIMIT_INTERRUPTED_MS = 200;
/** From the barrier to time 0, so that every thread has heard of it by then. */
const START_LEAD_MS = 5;
const START_LEAD_PER_PEER_MS = 0.05;

type HostUse = Pick<HostRecord, 'cpuShare' | 'throttledShare'>;

/** One run; whoever has waited for its end disposes of it. */
export class ThreadsRun {
  readonly #plan: FittedPlan;
  readonly #fitted: readonly string[];
  readonly #watcher: RunWatcher;
  readonly #workerFile: URL;
  readonly #trackerPort: number;
  readonly #workspace: Workspace;
  readonly #startedAt = new Date().toISOString();
  readonly #loadBefore = loadavg()[0]! / processors().coresOfMachine;
  readonly #originNs = clockOrigin();
  readonly #clock = systemClock(this.#originNs);
  readonly #interrupted: Promise<'interrupted'>;
  readonly #events: SwarmEvent[] = [];
  readonly #live: LiveOrder | undefined;
  #onAbort!: () => void;
  #runtime: WorkerRuntime | undefined;
  #setupMs = 0;

  constructor({ plan, notes }: Fit, watcher: RunWatcher, workerFile: URL, trackerPort: number) {
    this.#plan = plan;
    this.#fitted = notes;
    this.#workspace = new Workspace(needsOf(plan).diskBytes);
    this.#watcher = watcher;
    this.#workerFile = workerFile;
    this.#trackerPort = trackerPort;
    if (watcher.onLiveEvent) this.#live = new LiveOrder((event) => watcher.onLiveEvent?.(event));
    this.#interrupted = new Promise((resolve) => {
      this.#onAbort = () => resolve('interrupted');
      if (watcher.signal.aborted) this.#onAbort();
      else watcher.signal.addEventListener('abort', this.#onAbort);
    });
  }

  async run(): Promise<RunRecord> {
    const assembled = await Promise.race([this.#assemble(), this.#interrupted]);
    if (assembled === 'interrupted') return this.#recordOfNothing();
    const { runtime, controller, faults, peers, chunkBytes } = assembled;
    const sampler = new Sampler(peers, runtime.peerCounters, chunkBytes, {
      waitsForSessions: this.#plan.until === 'sessions',
    });
    const startMs = this.#clock.now() + START_LEAD_MS + START_LEAD_PER_PEER_MS * peers.length;
    const readUse = watchUse();
    const recordAt = (
      end: RunEnd,
      counters: SharedArrayBuffer,
      verdicts: readonly FolderVerdict[] | undefined,
      use: HostUse,
    ): RunRecord => ({
      engine: 'threads',
      startedAt: this.#startedAt,
      setupMs: this.#setupMs,
      elapsedMs: end.atMs,
      ending: verdicts === undefined ? 'interrupted' : end.ending,
      ...(end.abortedBy !== undefined && { abortedBy: end.abortedBy }),
      peers: peers.map((peer) => peerRecord(peer, counters, verdicts?.[peer.position])),
      tracker: copyFields(nodeCounters(counters, peers.length), trafficFields),
      samples: sampler.samples,
      host: this.#hostRecord(runtime.counters, runtime.workers, use, startMs + end.atMs),
      chunkBytes,
      faults: faults.records(),
    });
    const peek = (): RunRecord => {
      const atMs = Math.max(0, controller.now());
      return recordAt({ ending: 'interrupted', atMs }, runtime.counters.slice(0), undefined, readUse(atMs));
    };
    const live = (): LiveSwarm => ({ nowMs: Math.max(0, controller.now()), ...sampler.live() });
    runtime.begin(startMs);
    controller.begin(startMs, () => faults.begin({ clock: this.#clock, runtime, controller, live }, startMs));
    sampler.take(0);
    const sampling = setInterval(() => {
      sampler.take(Math.max(0, controller.now()));
      const hopeless = faults.poll();
      if (hopeless !== undefined) controller.end('aborted', hopeless.text);
      controller.checkStall();
      this.#live?.pass(controller.now());
      this.#watcher.onProgress?.(sampler.progress(), peek);
    }, SAMPLE_STEP_MS);
    void this.#interrupted.then(() => controller.end('interrupted'));
    let end;
    try {
      end = await controller.ended;
    } finally {
      clearInterval(sampling);
      faults.stop();
    }
    sampler.end(end.atMs);
    const counters = runtime.counters.slice(0);
    const use = readUse(end.atMs);
    const verdicts = await this.#closeAndVerify(runtime, controller, end.ending === 'interrupted');
    sampler.settle();
    this.#events.sort((a, b) => a.atMs - b.atMs);
    for (const event of this.#events) this.#watcher.onEvent?.(event);
    // The threads have ended their watch when they were told to close, and only then published it whole.
    return recordAt(end, counters, verdicts, use);
  }

  /** Resolves when no thread and no temporary file of the run is left. */
  async dispose(): Promise<void> {
    this.#watcher.signal.removeEventListener('abort', this.#onAbort);
    await this.#runtime?.destroy();
    await this.#workspace.remove();
  }

  /** Up to the barrier: all threads up, all folders open, the tracker listening. */
  async #assemble() {
    const plan = this.#plan;
    const holders = plan.peers.map(({ holds }) => holds);
    const original = await makeOriginal(
      plan.content,
      holders,
      this.#workspace.originalFolder,
      this.#watcher.signal,
    );
    this.#watcher.signal.throwIfAborted();
    const peers = plan.peers.map(
      (planned, position) =>
        new PeerState(
          planned,
          position,
          original.chunks.length,
          original.heldBy(planned.holds).map(({ index }) => index),
        ),
    );
    const faults = new FaultInjector(plan, peers);
    const runtime = new WorkerRuntime(
      {
        faults,
        clock: this.#clock,
        originNs: this.#originNs,
        workspace: this.#workspace,
        original,
        workerFile: this.#workerFile,
        onMessage: (message) => tell(message, controller),
        onFailure: (error) => controller.fail(error),
      },
      plan,
    );
    this.#runtime = runtime;
    const controller = new AwaitedController(
      {
        clock: this.#clock,
        runtime,
        consequences: faults,
        onEvent: (event) => {
          this.#events.push(event);
          this.#live?.add(event);
        },
      },
      peers,
      {
        timeLimitMs: plan.timeLimitMs,
        stallMs: longestQuietMs(plan),
        open: this.#trackerPort !== 0,
        until: plan.until ?? 'complete',
      },
    );
    const assembled = async (): Promise<void> => {
      const tracker = await runtime.startTracker(this.#trackerPort);
      await Promise.all(peers.map((peer) => new Promise<void>((resolve) => runtime.prepare(peer, resolve))));
      this.#setupMs = this.#clock.now();
      this.#watcher.onReady?.({ trackerPort: tracker.port, setupMs: this.#setupMs });
    };
    // A thread that fails meanwhile would be waited for in vain: `ended` then rejects.
    await Promise.race([assembled(), controller.ended]);
    return { runtime, controller, faults, peers, chunkBytes: original.chunks.map(({ bytes }) => bytes) };
  }

  /** By position; undefined when the user did not wait for it. */
  async #closeAndVerify(
    runtime: WorkerRuntime,
    controller: AwaitedController,
    interrupted: boolean,
  ): Promise<FolderVerdict[] | undefined> {
    if (interrupted) {
      await runtime.close(CLOSE_LIMIT_INTERRUPTED_MS);
      return undefined;
    }
    const verified = runtime.close(CLOSE_LIMIT_MS).then(() => {
      controller.throwIfFailed();
      return runtime.verify();
    });
    const verdicts = await Promise.race([verified, this.#interrupted]);
    if (verdicts !== 'interrupted') return verdicts;
    // Its threads are about to be killed: that it then fails is of no interest.
    verified.catch(() => undefined);
    return undefined;
  }

  #hostRecord(counters: SharedArrayBuffer, workers: number, use: HostUse, untilMs: number): HostRecord {
    const delays = Array.from({ length: workers }, (_, slot) =>
      withOpenStall(workerCounters(counters, slot), untilMs),
    );
    return {
      loopDelayP99Ms: Math.max(...delays.map(({ loopDelayP99Ms }) => loopDelayP99Ms)),
      loopDelayMaxMs: Math.max(...delays.map(({ loopDelayMaxMs }) => loopDelayMaxMs)),
      threadDelaysP99Ms: delays.map(({ loopDelayP99Ms }) => loopDelayP99Ms),
      ...use,
      loadBefore: this.#loadBefore,
      maxRssBytes: process.resourceUsage().maxRSS * 1024,
      ...(this.#fitted.length > 0 && { fitted: this.#fitted }),
      ...(hasRates(this.#plan) && { sliceMs: sliceMsOf(this.#plan) }),
      foldersInMemory: this.#workspace.inMemory,
    };
  }

  /** Of a run that was stopped before it began. */
  #recordOfNothing(): RunRecord {
    const { content, peers } = this.#plan;
    const counters = allocateCounters(peers.length + 1, 1);
    const states = peers.map(
      (planned, position) => new PeerState(planned, position, content.totalChunks, []),
    );
    return {
      engine: 'threads',
      startedAt: this.#startedAt,
      setupMs: this.#clock.now(),
      elapsedMs: 0,
      ending: 'interrupted',
      peers: states.map((peer) => peerRecord(peer, counters, undefined)),
      tracker: copyFields(nodeCounters(counters, peers.length), trafficFields),
      samples: [],
      host: this.#hostRecord(counters, 1, { cpuShare: 0 }, 0),
      chunkBytes: chunkBytesOf(content),
      faults: new FaultInjector(this.#plan, states).records(),
    };
  }
}

/** A thread that never came back to its event loop cannot tell so itself. */
function withOpenStall(
  { loopDelayP99Ms, loopDelayMaxMs, nextBeatMs }: WorkerCounters,
  untilMs: number,
): Pick<WorkerCounters, 'loopDelayP99Ms' | 'loopDelayMaxMs'> {
  const openMs = nextBeatMs === 0 ? 0 : untilMs - nextBeatMs;
  return { loopDelayP99Ms, loopDelayMaxMs: Math.max(loopDelayMaxMs, openMs) };
}

function tell(message: FromWorker, controller: AwaitedController): void {
  if (message.type === 'events') for (const event of message.events) controller.hear(event);
  else if (message.type === 'gone') controller.gone(message.peer, message.atMs);
  else if (message.type === 'failed') controller.fail(fromPlainError(message.error));
}

/** From now on; given how long that is. */
function watchUse(): (elapsedMs: number) => HostUse {
  const cpuBefore = process.cpuUsage();
  const readThrottling = watchThrottling();
  return (elapsedMs) => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const usedMs = (user + system) / 1000;
    return {
      cpuShare: elapsedMs > 0 ? Math.min(1, usedMs / (elapsedMs * processors().cores)) : 0,
      throttledShare: readThrottling(),
    };
  };
}

function peerRecord(
  peer: PeerState,
  counters: SharedArrayBuffer,
  verdict: FolderVerdict | undefined,
): PeerRecord {
  const own = nodeCounters(counters, peer.position);
  return {
    name: peer.name,
    traffic: copyFields(own, trafficFields),
    shaping: copyFields(own, shapingFields),
    heldChunksAtEnd: verdict?.heldChunks ?? peer.held.size,
    integrity: verdict?.integrity ?? 'unchecked',
    leftIncomplete: peer.leftIncomplete,
  };
}
