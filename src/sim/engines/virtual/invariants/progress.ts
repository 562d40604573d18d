import type { SwarmEvent } from '../../../../core/events.ts';
import { SECOND_MS } from '../../../../core/units.ts';
import { longestQuietMs } from '../../../analyse/first-chunk.ts';
import type { PeerState } from '../../run/peer-state.ts';
import { hostOf } from '../addresses.ts';
import { InvariantError, type Invariant } from './invariant.ts';
import type { RunView } from './run-view.ts';
import type { WatchedEnd } from './watched-end.ts';

/** Pauses of the peers: ticks, rests, retries with a back-off. */
const PAUSES_MS = 120 * SECOND_MS;
const ROUND_TRIPS = 10;

/**
 * A peer that stays connected to one that has, and has shown it, what it lacks makes progress: within a stated time it receives a
 * part of a chunk, or else the other has been sending to somebody. Faults interrupt that time.
 */
export class Progress implements Invariant {
  readonly sees = ['fault-began', 'fault-ended'] as const;
  readonly #view: RunView;
  readonly #endsOf: (host: string) => Iterable<WatchedEnd>;
  readonly #positions: ReadonlyMap<string, number>;
  readonly patienceMs: number;
  /** By position: what it had received and sent of chunks, and since when. */
  readonly #received: { bytes: number; sinceMs: number }[];
  readonly #sent: { bytes: number; sinceMs: number }[];
  /** What one of an end lacks and the other has shown, and since when that is known. */
  readonly #suspicions = new WeakMap<WatchedEnd, { readonly index: number; readonly sinceMs: number }>();
  #faults = 0;
  #faultMs = 0;

  constructor(view: RunView, endsOf: (host: string) => Iterable<WatchedEnd>) {
    this.#view = view;
    this.#endsOf = endsOf;
    this.#positions = new Map(view.peers.map(({ position }) => [hostOf(position), position]));
    this.patienceMs = PAUSES_MS + ROUND_TRIPS * longestQuietMs(view.plan);
    this.#received = view.peers.map(() => ({ bytes: 0, sinceMs: 0 }));
    this.#sent = view.peers.map(() => ({ bytes: 0, sinceMs: 0 }));
  }

  see(event: SwarmEvent): void {
    if (event.type === 'fault-began') this.#faults++;
    else if (event.type === 'fault-ended') this.#faults--;
    else return;
    this.#faultMs = event.atMs;
  }

  look(nowMs: number): void {
    const { counters, peers } = this.#view;
    for (const peer of peers) {
      const { payloadReceivedBytes, payloadSentBytes } = counters[peer.position]!;
      note(this.#received[peer.position]!, payloadReceivedBytes, nowMs);
      note(this.#sent[peer.position]!, payloadSentBytes, nowMs);
    }
    const sinceMs = nowMs - this.patienceMs;
    if (this.#faults > 0 || this.#faultMs > sinceMs) return;
    for (const peer of peers) {
      if (
        peer.phase === 'present' &&
        !peer.held.complete &&
        this.#received[peer.position]!.sinceMs <= sinceMs
      )
        this.#check(peer, sinceMs, nowMs);
    }
  }

  /** Nothing has come to the peer since then. */
  #check(peer: PeerState, sinceMs: number, nowMs: number): void {
    const host = hostOf(peer.position);
    const link = this.#view.network.linkOf(host);
    for (const { other } of link?.connections ?? []) if ((other?.underWayBytes ?? 0) > 0) return;
    for (const end of this.#endsOf(host)) {
      const { openedMs, remoteHost, shown } = end.options;
      const position = this.#positions.get(remoteHost);
      if (openedMs > sinceMs || position === undefined || shown.chunks === undefined) continue;
      if (this.#sent[position]!.sinceMs > sinceMs) continue;
      const isOffered = (index: number): boolean =>
        shown.chunks!.has(index) && this.#view.stores[position]!.info(index) !== undefined;
      const suspicion = this.#suspicions.get(end);
      if (suspicion === undefined || peer.held.has(suspicion.index) || !isOffered(suspicion.index)) {
        const index = peer.held.missing().find(isOffered);
        if (index !== undefined) this.#suspicions.set(end, { index, sinceMs: nowMs });
        continue;
      }
      if (suspicion.sinceMs > sinceMs) continue;
      const { index: lacking } = suspicion;
      const holder = this.#view.peers[position]!.name;
      throw new InvariantError({
        invariant: 'who stays connected to one that has what it lacks makes progress',
        atMs: nowMs,
        peers: [peer.name, holder],
        found:
          `connected for ${((nowMs - openedMs) / SECOND_MS).toFixed(0)} s, ${peer.name} lacks chunk ${lacking}, which ` +
          `${holder} has; for ${(this.patienceMs / SECOND_MS).toFixed(0)} s the one received nothing and the other sent ` +
          'nothing to anybody',
      });
    }
  }
}

function note(last: { bytes: number; sinceMs: number }, bytes: number, nowMs: number): void {
  if (last.bytes === bytes) return;
  last.bytes = bytes;
  last.sinceMs = nowMs;
}
