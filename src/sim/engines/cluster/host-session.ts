/** What a host does in a run of a cluster: it carries out its part of the plan in threads of its own. */
import { toPlainError } from '../../../core/errors.ts';
import type { Address, Clock } from '../../../core/interfaces.ts';
import { systemClock } from '../../../core/node/system-clock.ts';
import { heldAtStart } from '../../content/planned-content.ts';
import { HitBoard } from '../../faults/hits.ts';
import type { ActiveFault } from '../../faults/peer-faults.ts';
import { machineId } from '../../machine/machine-changes.ts';
import type { HostingListener } from '../real-time/ground.ts';
import { processors } from '../../machine/processors.ts';
import { PeerState } from '../run/peer-state.ts';
import { SAMPLE_STEP_MS } from '../run/sampler.ts';
import { machineLimits, requireCapacity } from '../threads/capacity.ts';
import { fitToMachine } from '../threads/fit.ts';
import { ThisMachine } from '../threads/this-machine.ts';
import type { WorkerRuntime } from '../threads/worker-runtime.ts';
import { FiguresReader } from './figures.ts';
import type { FromHost, HostUse, ToHost, ToHostOf } from './messages.ts';

export interface HostSessionComponents {
  /** The bundled peer-worker.ts. */
  readonly workerFile: URL;
  /** Numeric; peers and tracker listen there and nowhere else. */
  readonly address: string;
  readonly send: (message: FromHost) => void;
  /** Called once: nothing of the run goes on here any more. @param trouble why something of it is left all the same */
  readonly onDisposed: (trouble?: Error) => void;
}

/** The part of one run; only one may go on in a process at a time. */
export class HostSession {
  readonly #components: HostSessionComponents;
  readonly #interrupt = new AbortController();
  #part: Part | undefined;
  /** What was told is carried out in turn. */
  #before: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(components: HostSessionComponents) {
    this.#components = {
      ...components,
      // That threads end is no failure once they are to end.
      send: (message) => {
        if (!this.#disposed || message.type === 'disposed') components.send(message);
      },
    };
  }

  handle(message: ToHost): void {
    if (this.#disposed) return;
    if (message.type === 'ping') {
      return this.#components.send({
        type: 'pong',
        id: message.id,
        hostNs: String(process.hrtime.bigint()),
      });
    }
    if (message.type === 'dispose') return void this.dispose();
    if (this.#part !== undefined) return this.#part.handle(message);
    this.#before = this.#before.then(() => this.#carryOut(message));
  }

  /** Ends what is left of the run, also when the coordinator is gone. Never rejects; idempotent. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#interrupt.abort();
    let trouble: Error | undefined;
    try {
      await this.#before;
      await this.#part?.dispose();
    } catch (error) {
      // Whatever it is: else the agent would be taken for the rest of its life.
      trouble = error as Error;
    }
    this.#components.send({ type: 'disposed' });
    this.#components.onDisposed(trouble);
  }

  async #carryOut(message: ToHost): Promise<void> {
    try {
      if (this.#part !== undefined) this.#part.handle(message);
      else if (message.type === 'assemble') {
        this.#part = await Part.make(message, this.#components, this.#interrupt.signal);
        this.#part.tellAssembled();
      }
    } catch (error) {
      this.#components.send({ type: 'failed', error: toPlainError(error) });
    }
  }
}

/** The peers of the run that live here, with their folders ready. */
class Part {
  readonly #send: HostSessionComponents['send'];
  readonly #ground: ThisMachine;
  readonly #runtime: WorkerRuntime;
  readonly #peers: readonly PeerState[];
  readonly #faultsOf = new Map<PeerState, readonly ActiveFault[] | undefined>();
  readonly #clock: Clock;
  readonly #figures: FiguresReader;
  readonly #contentDigest: string;
  readonly #machine = machineId();
  #readUse: ReturnType<ThisMachine['watch']> | undefined;
  #startMs = 0;
  #telling: NodeJS.Timeout | undefined;

  static async make(
    { plan, ...run }: ToHostOf<'assemble'>,
    components: HostSessionComponents,
    signal: AbortSignal,
  ): Promise<Part> {
    const limits = machineLimits();
    const fit = fitToMachine(plan, limits, processors(), run.part);
    requireCapacity(fit.plan, limits, run.part);
    const { address } = components;
    const ground = new ThisMachine(fit, components.workerFile, {
      hostOf: () => address,
      trackerHost: address,
      members: run.place.members,
      neighbourhood: run.place.links === null ? null : { regions: plan.regions, ...run.place.links },
    });
    try {
      const clock = systemClock(BigInt(run.originNs));
      await ground.prepare(clock, signal);
      return new Part(run, clock, ground, components);
    } catch (error) {
      await ground.dispose();
      throw error;
    }
  }

  private constructor(
    { originNs, occurrences, trackerHasFaults }: Omit<ToHostOf<'assemble'>, 'plan'>,
    clock: Clock,
    ground: ThisMachine,
    { send }: HostSessionComponents,
  ) {
    const { plan } = ground;
    const holdings = heldAtStart(plan.content);
    const hits = new HitBoard(occurrences);
    this.#send = send;
    this.#ground = ground;
    this.#clock = clock;
    this.#contentDigest = ground.contentDigest();
    this.#peers = plan.peers.map(
      (planned, position) =>
        new PeerState(planned, position, plan.content.totalChunks, holdings(planned.holds)),
    );
    this.#runtime = ground.host({
      clock: this.#clock,
      originNs: BigInt(originNs),
      faults: {
        hits,
        concernsTracker: trackerHasFaults,
        activeOf: (peer) => this.#faultsOf.get(peer),
      },
      listener: listenerOf(send),
    });
    const { counters, workers } = this.#runtime;
    this.#figures = new FiguresReader(counters, plan.peers.length + 1, workers, hits);
  }

  tellAssembled(): void {
    const { workers } = this.#runtime;
    this.#send({ type: 'assembled', workers, contentDigest: this.#contentDigest });
  }

  handle(message: ToHost): void {
    try {
      this.#handle(message);
    } catch (error) {
      this.#send({ type: 'failed', error: toPlainError(error) });
    }
  }

  async dispose(): Promise<void> {
    clearInterval(this.#telling);
    await this.#runtime.destroy();
    await this.#ground.dispose();
  }

  #handle(message: ToHost): void {
    const runtime = this.#runtime;
    switch (message.type) {
      case 'start-tracker':
        return this.#later(
          runtime.startTracker(message.port),
          (address: Address) => ({ type: 'listening', address }) as const,
        );
      case 'tracker-at':
        return runtime.useTracker(message.address);
      case 'prepare':
        return this.#prepare(message);
      case 'reset-folder':
        return runtime.resetFolder(this.#peer(message.position));
      case 'begin':
        return this.#begin(message.startMs);
      case 'join':
        return runtime.join(this.#peer(message.position), message.atMs);
      case 'leave':
        return runtime.leave(this.#peer(message.position));
      case 'crash':
        return runtime.crash(this.#peer(message.position), (diedMs) =>
          this.#send({ type: 'dead', position: message.position, diedMs }),
        );
      case 'release':
        return runtime.release(this.#peer(message.position));
      case 'fault-begin':
        return runtime.beginFault(this.#peer(message.position), message.fault);
      case 'fault-end':
        return runtime.endFault(this.#peer(message.position), message.id);
      case 'tracker-stop':
        return runtime.stopTracker(message.id);
      case 'tracker-start':
        return runtime.startTrackerAgain(message.forgets);
      case 'tracker-reset':
        return runtime.resetTracker(message.id, message.probability);
      case 'settle':
        this.#tellFigures();
        return this.#send({ type: 'settled' });
      case 'close':
        return this.#close(message);
      case 'verify':
        return this.#later(runtime.verify(), (verdicts) => ({ type: 'verified', verdicts }) as const);
      case 'ping':
      case 'assemble':
      case 'dispose':
        throw new Error(`${message.type} is for the session, not for its part of the run`);
    }
  }

  #prepare({ position, stay, faults }: ToHostOf<'prepare'>): void {
    const peer = this.#peer(position);
    while (peer.stayNumber < stay) peer.nextStay();
    this.#faultsOf.set(peer, faults);
    this.#runtime.prepare(peer, () => this.#send({ type: 'ready', position }));
  }

  #begin(startMs: number): void {
    this.#startMs = startMs;
    this.#runtime.begin(startMs);
    this.#readUse = this.#ground.watch();
    this.#telling = setInterval(() => this.#tellFigures(), SAMPLE_STEP_MS);
  }

  #close({ who, limitMs }: ToHostOf<'close'>): void {
    const closing = who === 'peers' ? this.#runtime.closePeers(limitMs) : this.#runtime.closeTracker(limitMs);
    this.#later(closing, () => {
      this.#tellFigures();
      return { type: 'closed', who } as const;
    });
  }

  #tellFigures(): void {
    const read = this.#readUse ?? this.#ground.watch();
    const elapsedMs = Math.max(0, this.#clock.now() - this.#startMs);
    const { cpuShare, throttledShare, maxRssBytes, loadBefore, changes, foldersInMemory, fitted } =
      read(elapsedMs);
    const use: HostUse = {
      cpuShare,
      throttledShare: throttledShare ?? null,
      maxRssBytes,
      loadBefore,
      machine: this.#machine,
      changes,
      foldersInMemory: foldersInMemory ?? false,
      fitted: fitted ?? [],
    };
    this.#send({ type: 'figures', figures: this.#figures.read(), use });
  }

  #later<Result>(result: Promise<Result>, answer: (result: Result) => FromHost): void {
    result.then(
      (value) => this.#send(answer(value)),
      (error: unknown) => this.#send({ type: 'failed', error: toPlainError(error) }),
    );
  }

  #peer(position: number): PeerState {
    const peer = this.#peers[position];
    if (peer === undefined) throw new Error(`there is no peer ${position} on this host`);
    return peer;
  }
}

function listenerOf(send: (message: FromHost) => void): HostingListener {
  return {
    onEvents: (events) => send({ type: 'events', events }),
    onGone: (peer, atMs) => send({ type: 'gone', peer, atMs }),
    onFailure: (error) => send({ type: 'failed', error: toPlainError(error) }),
    onLost: () => undefined,
  };
}
