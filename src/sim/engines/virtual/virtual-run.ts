/** One run in virtual time, from its first event to its record. */
import { loadavg } from 'node:os';
import { longestQuietMs } from '../../analyse/first-chunk.ts';
import { chunkBytesOf, heldAtStart } from '../../content/planned-content.ts';
import type { LiveSwarm } from '../../faults/condition.ts';
import { peakMemoryBytes } from '../../machine/peak-memory.ts';
import { processors } from '../../machine/processors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { HostRecord, PeerRecord, RunRecord, RunWatcher } from '../engine.ts';
import { FaultInjector } from '../run/fault-injector.ts';
import { copyFields, shapingFields, trafficFields } from '../run/node-counters.ts';
import { PeerState } from '../run/peer-state.ts';
import { RunController, type RunEnd } from '../run/run-controller.ts';
import { SAMPLE_STEP_MS, Sampler } from '../run/sampler.ts';
import type { Build } from './build.ts';
import { EventSlices } from './event-slices.ts';
import { Invariants } from './invariants/invariants.ts';
import type { RunView } from './invariants/run-view.ts';
import type { TokenStore } from './token-store.ts';
import { VirtualClock } from './virtual-clock.ts';
import { VirtualRuntime } from './virtual-runtime.ts';

/** At one and the same time: so many at most for each chunk of each peer, which take no time over links without limits… */
const EVENTS_A_CHUNK_MAX = 1000;
/** …and so many besides. */
const EVENTS_AT_ONCE_FREE = 100_000;
/** Of real time. However fast a run is, its beginning is told. */
const PROGRESS_STEP_MS = 100;
/** A long run is looked at so often, a short one every `SAMPLE_STEP_MS`. */
const LOOKS_MAX = 20_000;

/** As many as a scenario of `fuzz` has, and one more. */
const THOROUGH_PEERS_MAX = 10;

export interface VirtualRunOptions {
  /**
   * Look at every invariant each time, and at the end wait until the tracker can be compared with the swarm. Default:
   * for swarms of at most 10 peers.
   */
  readonly thorough?: boolean;
  /** What stands in for a part of every peer. Default: nothing. */
  readonly build?: Build;
}

export class VirtualRun {
  readonly #watcher: RunWatcher;
  readonly #clock = new VirtualClock();
  readonly #chunkBytes: readonly number[];
  readonly #peers: readonly PeerState[];
  readonly #faults: FaultInjector;
  readonly #runtime: VirtualRuntime;
  readonly #controller: RunController;
  readonly #sampler: Sampler;
  readonly #invariants: Invariants;
  readonly #slices: EventSlices;
  readonly #isThorough: boolean;
  #isSettling = false;
  readonly #startedAt = new Date().toISOString();
  readonly #beganMs = performance.now();
  readonly #stepMs: number;
  readonly #processors = processors();
  readonly #loadBefore = loadavg()[0]! / this.#processors.coresOfMachine;
  #setupMs = 0;
  #end: RunEnd | undefined;

  constructor(plan: Plan, watcher: RunWatcher, { thorough, build = {} }: VirtualRunOptions) {
    this.#watcher = watcher;
    this.#isThorough = thorough ?? plan.peers.length <= THOROUGH_PEERS_MAX;
    this.#chunkBytes = chunkBytesOf(plan.content);
    this.#slices = new EventSlices(
      { clock: this.#clock },
      EVENTS_AT_ONCE_FREE + EVENTS_A_CHUNK_MAX * plan.peers.length * this.#chunkBytes.length,
    );
    this.#stepMs = Math.max(SAMPLE_STEP_MS, plan.timeLimitMs / LOOKS_MAX);
    const heldBy = heldAtStart(plan.content);
    this.#peers = plan.peers.map(
      (planned, position) => new PeerState(planned, position, this.#chunkBytes.length, heldBy(planned.holds)),
    );
    this.#faults = new FaultInjector(plan, this.#peers);
    this.#runtime = new VirtualRuntime(
      {
        clock: this.#clock,
        faults: this.#faults,
        onEvent: (event) => {
          // The end of the run is the end of what is measured, whoever looks on.
          if (this.#isSettling) this.#invariants.see(event);
          else this.#controller.hear(event);
        },
        onStay: (host) => this.#invariants.joins(host),
        watch: (host, remote) => this.#invariants.watch(host, remote),
        onLost: (from, to, bytes) => this.#invariants.lost(from, to, bytes),
        build,
        onGone: (peer, atMs) => this.#controller.gone(peer, atMs),
      },
      plan,
      this.#peers,
      this.#chunkBytes,
    );
    this.#invariants = new Invariants(
      { clock: this.#clock, view: this.#view(plan) },
      { thorough: this.#isThorough },
    );
    this.#controller = new RunController(
      {
        clock: this.#clock,
        runtime: this.#runtime,
        consequences: this.#faults,
        onEvent: (event) => {
          watcher.onEvent?.(event);
          watcher.onLiveEvent?.(event);
          this.#invariants.see(event);
        },
        onEnded: (end) => (this.#end = end),
        // The clock is running: what is thrown here ends the run.
        onFailed: (error) => {
          throw error;
        },
      },
      this.#peers,
      {
        timeLimitMs: plan.timeLimitMs,
        stallMs: longestQuietMs(plan),
        open: false,
        until: plan.until ?? 'complete',
      },
    );
    const { counters } = this.#runtime;
    this.#sampler = new Sampler(this.#peers, counters.slice(0, -1), counters.at(-1)!, this.#chunkBytes, {
      waitsForSessions: plan.until === 'sessions',
    });
  }

  #view(plan: Plan): RunView {
    const { counters, stores, network } = this.#runtime;
    return { plan, peers: this.#peers, counters, stores, network, registry: () => this.#runtime.registry() };
  }

  async run(): Promise<RunRecord> {
    this.#begin();
    this.#setupMs = performance.now() - this.#beganMs;
    this.#watcher.onReady?.({ tracker: null, setupMs: this.#setupMs });
    const readHost = this.#watchHost();
    const end = await this.#toItsEnd(() =>
      this.#record({ ending: 'interrupted', atMs: this.#clock.now() }, readHost()),
    );
    const host = readHost();
    this.#faults.stop();
    this.#sampler.end(end.atMs);
    this.#invariants.end();
    this.#runtime.close();
    const record = this.#record(end, host);
    if (this.#isThorough) await this.#settle();
    return record;
  }

  #watchHost(): () => HostRecord {
    const cpuBefore = process.cpuUsage();
    const beganMs = performance.now();
    return () => {
      const wallMs = performance.now() - beganMs;
      const { user, system } = process.cpuUsage(cpuBefore);
      return {
        // Real time has no part in what is measured.
        loopDelayP99Ms: 0,
        loopDelayMaxMs: 0,
        cpuShare: wallMs > 0 ? Math.min(1, (user + system) / 1000 / (wallMs * this.#processors.cores)) : 0,
        loadBefore: this.#loadBefore,
        maxRssBytes: peakMemoryBytes(),
        wallMs,
      };
    };
  }

  #begin(): void {
    const runtime = this.#runtime;
    runtime.startTracker();
    // It listens in an event of its own, and all of it happens at time 0.
    this.#clock.run(0);
    for (const peer of this.#peers) runtime.prepare(peer, () => undefined);
    const controller = this.#controller;
    const live = (): LiveSwarm => ({ nowMs: controller.now(), ...this.#sampler.live() });
    controller.begin(0, () => this.#faults.begin({ clock: this.#clock, runtime, controller, live }, 0));
    this.#look();
  }

  /** Samples, looks at conditions, and does so again a step later. */
  #look(): void {
    if (this.#end !== undefined) return;
    this.#sampler.take(this.#clock.now());
    const hopeless = this.#faults.poll();
    if (hopeless !== undefined) this.#controller.end('aborted', hopeless.text);
    this.#controller.checkStall();
    this.#invariants.look();
    this.#clock.setTimer(this.#stepMs, () => this.#look());
  }

  /** Between slices of events an interrupt is heard. */
  async #toItsEnd(peek: () => RunRecord): Promise<RunEnd> {
    let toldMs = -Infinity;
    await this.#slices.fire({
      isOver: () => this.#end !== undefined,
      between: () => {
        if (performance.now() - toldMs >= PROGRESS_STEP_MS) {
          this.#watcher.onProgress?.(this.#sampler.progress(), peek);
          toldMs = performance.now();
        }
        if (this.#watcher.signal.aborted) this.#controller.end('interrupted');
        return this.#end !== undefined;
      },
    });
    return this.#end!;
  }

  /** What still happens is seen by the invariants alone, and counts in no figure. */
  async #settle(): Promise<void> {
    const { settlingMs } = this.#invariants;
    const { signal } = this.#watcher;
    if (settlingMs === undefined) return;
    this.#isSettling = true;
    const untilMs = this.#clock.now() + settlingMs;
    await this.#slices.fire({ isOver: () => false, between: () => signal.aborted }, untilMs);
    if (signal.aborted) return;
    this.#clock.run(untilMs);
    this.#invariants.settled();
  }

  #record({ ending, atMs, abortedBy }: RunEnd, host: HostRecord): RunRecord {
    const { counters, stores } = this.#runtime;
    return {
      engine: 'virtual',
      startedAt: this.#startedAt,
      setupMs: this.#setupMs,
      elapsedMs: atMs,
      ending,
      ...(abortedBy !== undefined && { abortedBy }),
      peers: this.#peers.map((peer): PeerRecord => {
        const own = counters[peer.position]!;
        return {
          name: peer.name,
          traffic: copyFields(own, trafficFields),
          shaping: copyFields(own, shapingFields),
          leftIncomplete: peer.leftIncomplete,
          ...verdictOf(stores[peer.position]!),
        };
      }),
      tracker: copyFields(counters.at(-1)!, trafficFields),
      samples: this.#sampler.samples,
      host,
      chunkBytes: this.#chunkBytes,
      faults: this.#faults.records(),
    };
  }
}

/** From what is in the store, whatever the peer believed. */
function verdictOf(store: TokenStore): Pick<PeerRecord, 'heldChunksAtEnd' | 'integrity'> {
  const { held, corrupt } = store.tally();
  const whole = held === store.totalChunks ? 'intact' : 'incomplete';
  return { heldChunksAtEnd: held, integrity: corrupt > 0 ? 'corrupt' : whole };
}
