/** What the main thread does in a run in real time: it lets peers be made, begins and ends the run, and gathers what they tell. */
import { EngineError } from '../../../core/errors.ts';
import type { SwarmEvent } from '../../../core/events.ts';
import { clockOrigin, systemClock } from '../../../core/node/system-clock.ts';
import { longestQuietMs } from '../../analyse/first-chunk.ts';
import { chunkBytesOf, heldAtStart } from '../../content/planned-content.ts';
import type { LiveSwarm } from '../../faults/condition.ts';
import type { HostRecord, PeerRecord, RunRecord, RunWatcher } from '../engine.ts';
import { AwaitedController } from '../run/awaited-controller.ts';
import { FaultInjector } from '../run/fault-injector.ts';
import { copyFields, shapingFields, trafficFields } from '../run/node-counters.ts';
import { PeerState } from '../run/peer-state.ts';
import type { RunEnd } from '../run/run-controller.ts';
import { SAMPLE_STEP_MS, Sampler } from '../run/sampler.ts';
import { allocateCounters, workerCounters, nodeCounters, type WorkerCounters } from './counters.ts';
import type { FolderVerdict, Ground, HostFigures, Hosting } from './ground.ts';
import { LiveOrder } from './live-order.ts';
import { hasRates, sliceMsOf } from './slice.ts';

/** Peers that take longer to leave in order are killed. */
const CLOSE_LIMIT_MS = 3000;
const CLOSE_LIMIT_INTERRUPTED_MS = 200;
/** Of who does not answer, nothing more is counted. */
const SETTLE_LIMIT_MS = 5000;
/** Whoever stops a run wants it to stop, also where one host no longer answers. */
const SETTLE_LIMIT_INTERRUPTED_MS = 200;

/** One run; whoever has waited for its end disposes of it. */
export class RealTimeRun {
  readonly #ground: Ground;
  readonly #watcher: RunWatcher;
  readonly #trackerPort: number;
  readonly #startedAt = new Date().toISOString();
  readonly #originNs = clockOrigin();
  readonly #clock = systemClock(this.#originNs);
  readonly #interrupted: Promise<'interrupted'>;
  readonly #events: SwarmEvent[] = [];
  readonly #live: LiveOrder | undefined;
  #onAbort!: () => void;
  #hosting: Hosting | undefined;
  #setupMs = 0;

  /** @param trackerPort where the tracker listens; 0: any free port, and nobody from outside is expected */
  constructor(ground: Ground, watcher: RunWatcher, trackerPort: number) {
    this.#ground = ground;
    this.#watcher = watcher;
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
    const { plan } = this.#ground;
    const { hosting, controller, faults, peers, chunkBytes } = assembled;
    const { counters: all, peerCounters } = hosting;
    const options = { waitsForSessions: plan.until === 'sessions' };
    const sampler = new Sampler(peers, peerCounters, nodeCounters(all, peers.length), chunkBytes, options);
    const startMs = this.#clock.now() + this.#ground.startLeadMs();
    const readFigures = this.#ground.watch();
    const recordAt = (
      end: RunEnd,
      counters: SharedArrayBuffer,
      verdicts: readonly (FolderVerdict | undefined)[] | undefined,
      figures: HostFigures,
    ): RunRecord => ({
      engine: this.#ground.engine,
      startedAt: this.#startedAt,
      setupMs: this.#setupMs,
      elapsedMs: end.atMs,
      ending: verdicts === undefined ? 'interrupted' : end.ending,
      ...(end.abortedBy !== undefined && { abortedBy: end.abortedBy }),
      peers: peers.map((peer) => peerRecord(peer, counters, verdicts?.[peer.position])),
      tracker: copyFields(nodeCounters(counters, peers.length), trafficFields),
      samples: sampler.samples,
      sampling: sampler.sampling,
      host: this.#hostRecord(hosting.counters, hosting.workers, figures, startMs + end.atMs),
      chunkBytes,
      faults: faults.records(),
    });
    const peek = (): RunRecord => {
      const atMs = Math.max(0, controller.now());
      return recordAt(
        { ending: 'interrupted', atMs },
        hosting.counters.slice(0),
        undefined,
        readFigures(atMs),
      );
    };
    const live = (): LiveSwarm => ({ nowMs: Math.max(0, controller.now()), ...sampler.live() });
    hosting.begin(startMs);
    controller.begin(startMs, () =>
      faults.begin({ clock: this.#clock, runtime: hosting, controller, live }, startMs),
    );
    sampler.take(0);
    const end = await this.#untilEnded(assembled, () => {
      sampler.take(Math.max(0, controller.now()));
      const hopeless = faults.poll();
      if (hopeless !== undefined) controller.end('aborted', hopeless.text);
      controller.checkStall();
      this.#live?.pass(controller.now());
      this.#watcher.onProgress?.(sampler.progress(), peek);
    });
    await hosting.settle(end.ending === 'interrupted' ? SETTLE_LIMIT_INTERRUPTED_MS : SETTLE_LIMIT_MS);
    sampler.end(end.atMs);
    const counters = hosting.counters.slice(0);
    const figures = readFigures(end.atMs);
    const verdicts = await this.#closeAndVerify(hosting, controller, end.ending === 'interrupted');
    sampler.settle();
    this.#events.sort((a, b) => a.atMs - b.atMs);
    for (const event of this.#events) this.#watcher.onEvent?.(event);
    // The threads have ended their watch when they were told to close, and only then published it whole.
    const settled = verdicts === undefined ? figures : await this.#ground.completed(figures);
    return recordAt(end, counters, verdicts, settled);
  }

  /** Resolves when no thread and no temporary file of the run is left. */
  async dispose(): Promise<void> {
    this.#watcher.signal.removeEventListener('abort', this.#onAbort);
    await this.#hosting?.destroy();
    await this.#ground.dispose();
  }

  /** Up to the barrier: all threads up, all folders open, the tracker listening. */
  async #assemble() {
    const { plan } = this.#ground;
    await this.#ground.prepare(this.#clock, this.#watcher.signal);
    this.#watcher.signal.throwIfAborted();
    const chunkBytes = chunkBytesOf(plan.content);
    const heldBy = heldAtStart(plan.content);
    const peers = plan.peers.map(
      (planned, position) => new PeerState(planned, position, chunkBytes.length, heldBy(planned.holds)),
    );
    const faults = new FaultInjector(plan, peers);
    const hosting = this.#ground.host({
      clock: this.#clock,
      originNs: this.#originNs,
      faults,
      listener: {
        onEvents: (events) => {
          for (const event of events) controller.hear(event);
        },
        onGone: (peer, atMs) => controller.gone(peer, atMs),
        onFailure: (error) => controller.fail(error),
        onLost: (why) => controller.end('aborted', why),
      },
    });
    this.#hosting = hosting;
    const controller = new AwaitedController(
      {
        clock: this.#clock,
        runtime: hosting,
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
      const tracker = await hosting.startTracker(this.#trackerPort);
      await Promise.all(peers.map((peer) => new Promise<void>((resolve) => hosting.prepare(peer, resolve))));
      this.#setupMs = this.#clock.now();
      this.#watcher.onReady?.({ tracker, setupMs: this.#setupMs });
    };
    // What fails or is lost meanwhile would be waited for in vain: `ended` then rejects, or tells what was lost.
    const end = await Promise.race([assembled(), controller.ended]);
    if (end !== undefined) throw new EngineError(end.abortedBy ?? 'the run has ended before it had begun');
    return { hosting, controller, faults, peers, chunkBytes };
  }

  /** @param look called at equal steps until then */
  async #untilEnded(
    { controller, faults }: { readonly controller: AwaitedController; readonly faults: FaultInjector },
    look: () => void,
  ): Promise<RunEnd> {
    const sampling = setInterval(look, SAMPLE_STEP_MS);
    void this.#interrupted.then(() => controller.end('interrupted'));
    try {
      return await controller.ended;
    } finally {
      clearInterval(sampling);
      faults.stop();
    }
  }

  /** By position; undefined when the user did not wait for it. */
  async #closeAndVerify(
    hosting: Hosting,
    controller: AwaitedController,
    interrupted: boolean,
  ): Promise<readonly (FolderVerdict | undefined)[] | undefined> {
    if (interrupted) {
      await hosting.close(CLOSE_LIMIT_INTERRUPTED_MS);
      return undefined;
    }
    const verified = hosting.close(CLOSE_LIMIT_MS).then(() => {
      controller.throwIfFailed();
      return hosting.verify();
    });
    const verdicts = await Promise.race([verified, this.#interrupted]);
    if (verdicts !== 'interrupted') return verdicts;
    // Its threads are about to be killed: that it then fails is of no interest.
    verified.catch(() => undefined);
    return undefined;
  }

  #hostRecord(
    counters: SharedArrayBuffer,
    workers: number,
    figures: HostFigures,
    untilMs: number,
  ): HostRecord {
    const { plan } = this.#ground;
    const delays = Array.from({ length: workers }, (_, slot) =>
      withOpenStall(workerCounters(counters, slot), untilMs),
    );
    return {
      loopDelayP99Ms: Math.max(...delays.map(({ loopDelayP99Ms }) => loopDelayP99Ms)),
      loopDelayMaxMs: Math.max(...delays.map(({ loopDelayMaxMs }) => loopDelayMaxMs)),
      threadDelaysP99Ms: delays.map(({ loopDelayP99Ms }) => loopDelayP99Ms),
      ...figures,
      ...(hasRates(plan) && { sliceMs: sliceMsOf(plan) }),
    };
  }

  /** Of a run that was stopped before it began. */
  #recordOfNothing(): RunRecord {
    const { content, peers } = this.#ground.plan;
    const counters = allocateCounters(peers.length + 1, 1);
    const states = peers.map(
      (planned, position) => new PeerState(planned, position, content.totalChunks, []),
    );
    return {
      engine: this.#ground.engine,
      startedAt: this.#startedAt,
      setupMs: this.#clock.now(),
      elapsedMs: 0,
      ending: 'interrupted',
      peers: states.map((peer) => peerRecord(peer, counters, undefined)),
      tracker: copyFields(nodeCounters(counters, peers.length), trafficFields),
      samples: [],
      host: this.#hostRecord(counters, 1, this.#ground.watch()(0), 0),
      chunkBytes: chunkBytesOf(content),
      faults: new FaultInjector(this.#ground.plan, states).records(),
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
