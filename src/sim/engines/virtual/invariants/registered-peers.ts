import type { ChunkSet } from '../../../../core/chunk-set.ts';
import type { SwarmEvent, SwarmEventType } from '../../../../core/events.ts';
import { SECOND_MS } from '../../../../core/units.ts';
import { longestQuietMs } from '../../../analyse/first-chunk.ts';
import type { PeerState } from '../../run/peer-state.ts';
import { hostOf, PEER_PORT } from '../addresses.ts';
import { InvariantError, type Invariant } from './invariant.ts';
import type { RunView } from './run-view.ts';

/** A retry of a connection to the tracker comes after this at the latest, and its failure 10 s later. */
const RETRIES_MS = 90 * SECOND_MS;
const ROUND_TRIPS = 10;
/** Where it would take longer, a run is not prolonged for it. */
const SETTLING_MS_MAX = 600 * SECOND_MS;

/** What tells that somebody came or went, or may be out of reach. */
const UNREST: readonly SwarmEventType[] = [
  'peer-joined',
  'peer-left',
  'peer-crashed',
  'chunk-received',
  'chunk-disputed',
  'tracker-lost',
  'tracker-found',
  'tracker-started',
  'fault-began',
  'fault-ended',
  'node-failed',
];

/**
 * Once nothing has happened for a time, the tracker knows exactly the swarm peers that are present, with the chunks that
 * they hold, and every complete spec peer as a holder of all. Chunks whose content is disputed are left out. The time is what the tracker waits for a silent peer, an
 * interval between announcements, retries and some round trips.
 */
export class RegisteredPeers implements Invariant {
  readonly sees = UNREST;
  readonly #view: RunView;
  readonly #quietMs: number;
  readonly #active = new Set<string>();
  /** By what is told, which goes on when the run is over. */
  readonly #present = new Set<string>();
  #restlessMs = 0;
  /** The longest fault so far: afterwards it may take as long again until everybody has found the tracker. */
  #longestMs = 0;
  /** Peer and chunk: the swarm has agreed on another content than the peer's, which it therefore announces no more. */
  readonly #disputed = new Set<string>();
  readonly #beganMs = new Map<string, number>();
  #checked = false;
  #mayBeWrong = false;

  constructor(view: RunView) {
    this.#view = view;
    const { announceIntervalMs, silenceLimitMs } = view.plan.tracker;
    this.#quietMs =
      2 * Math.max(silenceLimitMs, announceIntervalMs) + RETRIES_MS + ROUND_TRIPS * longestQuietMs(view.plan);
  }

  /** See `Invariants.settlingMs`. */
  get settlingMs(): number | undefined {
    const ms = this.#quietMs + this.#longestMs;
    return ms > SETTLING_MS_MAX || this.#active.size > 0 || this.#mayBeWrong ? undefined : ms;
  }

  see(event: SwarmEvent): void {
    if (event.type === 'peer-joined') this.#present.add(event.peer);
    else if (event.type === 'peer-left' || event.type === 'peer-crashed') this.#present.delete(event.peer);
    this.#restlessMs = event.atMs;
    this.#checked = false;
    if (event.type === 'chunk-disputed') this.#disputed.add(`${event.peer}/${event.index}`);
    if (event.type === 'node-failed') this.#mayBeWrong = true;
    if (event.type === 'fault-began') {
      const key = `${event.fault}/${event.occurrence}`;
      this.#active.add(key);
      this.#beganMs.set(key, event.atMs);
    } else if (event.type === 'fault-ended') {
      const key = `${event.fault}/${event.occurrence}`;
      this.#active.delete(key);
      this.#longestMs = Math.max(this.#longestMs, event.atMs - (this.#beganMs.get(key) ?? event.atMs));
    }
  }

  look(nowMs: number): void {
    const isQuiet = nowMs - this.#restlessMs >= this.#quietMs + this.#longestMs;
    if (!isQuiet || this.#checked || this.#active.size > 0 || this.#mayBeWrong) return;
    this.#checked = true;
    this.#check(nowMs);
  }

  end(nowMs: number): void {
    this.look(nowMs);
  }

  #check(nowMs: number): void {
    const registry = this.#view.registry();
    if (registry === undefined) return;
    const present = this.#view.peers.filter(({ name }) => this.#present.has(name));
    const members = new Map(registry.allSwarmMembers().map((member) => [member.address.host, member]));
    for (const peer of present) {
      const host = hostOf(peer.position);
      const member = members.get(host);
      members.delete(host);
      if (peer.planned.protocol === 'spec') {
        const holdsAll = this.#view.stores[peer.position]!.tally().held === peer.held.totalChunks;
        const isListed = !holdsAll || registry.holdsAll({ host, port: PEER_PORT }) !== undefined;
        if (!isListed)
          throw this.#broken(peer, 'it holds every chunk, and the tracker does not know that', nowMs);
      } else if (member === undefined) throw this.#broken(peer, 'it is there, and not registered', nowMs);
      else this.#compare(peer, member.bits, nowMs);
    }
    const absent = this.#view.peers.filter(({ name }) => !this.#present.has(name));
    const name = absent.find(({ position }) => members.has(hostOf(position)))?.name;
    if (name === undefined) return;
    throw new InvariantError({ ...about(nowMs), peers: [name], found: 'it is gone, and still registered' });
  }

  #compare(peer: PeerState, known: ChunkSet, nowMs: number): void {
    const store = this.#view.stores[peer.position]!;
    for (let index = 1; index <= known.totalChunks; index++) {
      const isHeld = store.info(index) !== undefined;
      if (isHeld === known.has(index) || this.#disputed.has(`${peer.name}/${index}`)) continue;
      const found = isHeld
        ? `it holds chunk ${index}, which the tracker does not know`
        : `it lacks chunk ${index}, which the tracker takes it to hold`;
      throw this.#broken(peer, found, nowMs);
    }
  }

  #broken({ name }: PeerState, found: string, nowMs: number): InvariantError {
    return new InvariantError({ ...about(nowMs), peers: [name], found });
  }
}

function about(atMs: number) {
  return { invariant: 'after quiet the tracker knows the peers that are there', atMs };
}
