import type { Address } from '../../../core/interfaces.ts';
import { EngineError } from '../../../core/errors.ts';
import type { ActiveFault } from '../../faults/peer-faults.ts';
import type { Plan } from '../../plan/plan.ts';
import type { HostOfRun } from '../engine.ts';
import { allocateCounters, nodeCounters, workerCounters } from '../real-time/counters.ts';
import type { FolderVerdict, Hosting, HostingComponents } from '../real-time/ground.ts';
import { fromPlainError } from '../run/plain-errors.ts';
import type { NodeCounters } from '../run/node-counters.ts';
import type { PeerState } from '../run/peer-state.ts';
import { writeFigures, type FiguresTarget } from './figures.ts';
import type { FromHost } from './messages.ts';
import { askAll, GRACE_MS, type RemoteHost } from './remote-host.ts';

export interface ClusterHostingComponents extends HostingComponents {
  /** In the first one's part lives the tracker. */
  readonly members: readonly MemberOfRun[];
}

export interface MemberOfRun {
  readonly host: RemoteHost;
  /** Positions in the plan. */
  readonly peers: readonly number[];
  /** Threads. */
  readonly workers: number;
}

/** Where a peer lives. */
interface Home {
  readonly host: RemoteHost;
  /** In the plan of the host. */
  readonly position: number;
}

/** The tracker and the peers of one run, on the hosts of a cluster. */
export class ClusterHosting implements Hosting {
  readonly counters: SharedArrayBuffer;
  readonly peerCounters: readonly NodeCounters[];
  readonly workers: number;
  readonly #components: ClusterHostingComponents;
  readonly #hosts: readonly RemoteHost[];
  readonly #homes: readonly Home[];
  readonly #targets: ReadonlyMap<RemoteHost, FiguresTarget>;
  #closing = false;

  constructor(components: ClusterHostingComponents, plan: Plan) {
    const { members, faults } = components;
    this.#components = components;
    this.#hosts = members.map(({ host }) => host);
    this.workers = members.reduce((sum, { workers }) => sum + workers, 0);
    this.counters = allocateCounters(plan.peers.length + 1, this.workers);
    this.peerCounters = plan.peers.map((_, slot) => nodeCounters(this.counters, slot));
    const homes: Home[] = [];
    const targets = new Map<RemoteHost, FiguresTarget>();
    let firstWorker = 0;
    for (const [at, { host, peers, workers }] of members.entries()) {
      peers.forEach((peer, position) => (homes[peer] = { host, position }));
      const nodes = peers.map((peer) => this.peerCounters[peer]!);
      if (at === 0) nodes.push(nodeCounters(this.counters, plan.peers.length));
      const first = firstWorker;
      targets.set(host, {
        nodes,
        workers: Array.from({ length: workers }, (_, slot) => workerCounters(this.counters, first + slot)),
        hits: faults.hits,
      });
      firstWorker += workers;
    }
    this.#homes = homes;
    this.#targets = targets;
  }

  /** What a host tells of the run, unless somebody waits for it. */
  hear(host: RemoteHost, message: FromHost): void {
    const { listener } = this.#components;
    if (message.type === 'events') listener.onEvents(message.events);
    else if (message.type === 'gone') listener.onGone(message.peer, message.atMs);
    else if (message.type === 'failed') listener.onFailure(fromPlainError(message.error));
    else if (message.type === 'figures') {
      host.use = message.use;
      writeFigures(message.figures, this.#targets.get(host)!);
    }
  }

  /** Event-loop delay of the worst thread of a host, so far. */
  delaysOf(host: RemoteHost): Pick<HostOfRun, 'loopDelayP99Ms' | 'loopDelayMaxMs'> {
    const { workers } = this.#targets.get(host)!;
    return {
      loopDelayP99Ms: Math.max(...workers.map(({ loopDelayP99Ms }) => loopDelayP99Ms)),
      loopDelayMaxMs: Math.max(...workers.map(({ loopDelayMaxMs }) => loopDelayMaxMs)),
    };
  }

  /** A host is dead, or cannot be reached: the run ends with what was measured. */
  lose(host: RemoteHost, why: string): void {
    // How long its threads are silent is no stall of theirs.
    for (const worker of this.#targets.get(host)!.workers) worker.nextBeatMs = 0;
    if (!this.#closing) this.#components.listener.onLost(`host ${host.info.name} was lost: ${why}`);
  }

  async startTracker(port: number): Promise<Address> {
    const { address } = await this.#trackerHost.ask({ type: 'start-tracker', port }, 'listening');
    for (const host of this.#hosts) {
      if (host !== this.#trackerHost) host.send({ type: 'tracker-at', address });
    }
    return address;
  }

  prepare(peer: PeerState, onReady: () => void): void {
    const { host, position } = this.#homeOf(peer);
    const faults = this.#components.faults.activeOf(peer);
    this.#when(
      host.ask(
        {
          type: 'prepare',
          position,
          stay: peer.stayNumber,
          ...(faults !== undefined && { faults: [...faults] }),
        },
        'ready',
        String(position),
      ),
      onReady,
    );
  }

  begin(startMs: number): void {
    for (const host of this.#hosts) host.send({ type: 'begin', startMs });
  }

  join(peer: PeerState, atMs: number): void {
    const { host, position } = this.#homeOf(peer);
    host.send({ type: 'join', position, atMs });
  }

  leave(peer: PeerState): void {
    const { host, position } = this.#homeOf(peer);
    host.send({ type: 'leave', position });
  }

  crash(peer: PeerState, onDead: (diedMs: number) => void): void {
    const { host, position } = this.#homeOf(peer);
    this.#when(host.ask({ type: 'crash', position }, 'dead', String(position)), ({ diedMs }) =>
      onDead(diedMs),
    );
  }

  release(peer: PeerState): void {
    const { host, position } = this.#homeOf(peer);
    host.send({ type: 'release', position });
  }

  resetFolder(peer: PeerState): void {
    const { host, position } = this.#homeOf(peer);
    host.send({ type: 'reset-folder', position });
  }

  receivedBytes({ position }: PeerState): number {
    return this.peerCounters[position]?.payloadReceivedBytes ?? 0;
  }

  hostOf(peer: PeerState | undefined): string {
    const host = peer === undefined ? this.#trackerHost : this.#homeOf(peer).host;
    return host.info.address;
  }

  beginFault(peer: PeerState, fault: ActiveFault): void {
    const { host, position } = this.#homeOf(peer);
    host.send({ type: 'fault-begin', position, fault });
  }

  endFault(peer: PeerState, id: number): void {
    const { host, position } = this.#homeOf(peer);
    host.send({ type: 'fault-end', position, id });
  }

  stopTracker(id: number): void {
    this.#trackerHost.send({ type: 'tracker-stop', id });
  }

  startTrackerAgain(forgets: boolean): void {
    this.#trackerHost.send({ type: 'tracker-start', forgets });
  }

  resetTracker(id: number, probability: number): void {
    this.#trackerHost.send({ type: 'tracker-reset', id, probability });
  }

  /** A host that is lost meanwhile has told what it could. */
  settle(limitMs: number): Promise<void> {
    return this.#ofAll(limitMs, (host) => host.ask({ type: 'settle' }, 'settled'));
  }

  async close(limitMs: number): Promise<void> {
    this.#closing = true;
    const untilMs = performance.now() + limitMs;
    await this.#ofAll(limitMs + GRACE_MS, (host) =>
      host.ask({ type: 'close', who: 'peers', limitMs }, 'closed', 'peers'),
    );
    const leftMs = Math.max(0, untilMs - performance.now());
    await this.#ofAll(limitMs + GRACE_MS, async (host) => {
      if (host !== this.#trackerHost) return;
      await host.ask({ type: 'close', who: 'tracker', limitMs: leftMs }, 'closed', 'tracker');
    });
  }

  async verify(): Promise<readonly (FolderVerdict | undefined)[]> {
    const found: (FolderVerdict | undefined)[] = this.peerCounters.map(() => undefined);
    await Promise.all(
      this.#components.members.map(async ({ host, peers }) => {
        if (host.lost) return;
        const answer = await host.ask({ type: 'verify' }, 'verified').catch(unlessLost(host));
        answer?.verdicts.forEach((verdict, position) => (found[peers[position]!] = verdict));
      }),
    );
    return found;
  }

  /** The hosts end what is left when they are let go. */
  destroy(): Promise<void> {
    this.#closing = true;
    return Promise.resolve();
  }

  get #trackerHost(): RemoteHost {
    return this.#hosts[0]!;
  }

  #homeOf({ position }: PeerState): Home {
    return this.#homes[position]!;
  }

  #ofAll(limitMs: number, ask: (host: RemoteHost) => Promise<unknown>): Promise<void> {
    return askAll(this.#hosts, limitMs, ask);
  }

  #when<Answer>(answer: Promise<Answer>, then: (answer: Answer) => void): void {
    // What goes wrong on a host, and that it is lost, is told to the listener by itself.
    answer.then(then, (error: unknown) => {
      if (!(error instanceof EngineError)) this.#components.listener.onFailure(error);
    });
  }
}

/** @throws what it was given, if the host is there */
function unlessLost(host: RemoteHost): (error: unknown) => undefined {
  return (error) => {
    if (!host.lost) throw error;
    return undefined;
  };
}
