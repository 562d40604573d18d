/** A trace of what the peers did, from the events of a run: who was there, which chunks came, what went wrong. */
import { SECOND_MS } from '../../core/units.ts';
import type { PeerJoined, SwarmEvent } from '../../core/events.ts';
import { AddressBook } from '../measure/address-book.ts';
import type { RunResult } from '../result/result.ts';
import { microseconds, overlapping, slice, type TraceEvent, type TraceTrack } from './trace-event.ts';

/** The laboratory and the tracker have a process of their own. */
const SWARM_PID = 1;
const LABORATORY: TraceTrack = { pid: SWARM_PID, tid: 1 };
const TRACKER: TraceTrack = { pid: SWARM_PID, tid: 2 };

interface Stay {
  readonly fromMs: number;
  /** Since when it holds everything; null: not yet. */
  completedMs: number | null;
}

/** Makes the events of a trace one after another, in the order of the events of the run. */
export class PeerActivity {
  readonly #result: RunResult;
  readonly #tracks = new Map<string, TraceTrack>();
  readonly #addresses = new AddressBook();
  readonly #stays = new Map<string, Stay>();
  readonly #faults = new Map<string, { readonly id: number; readonly name: string }>();
  #id = 0;

  constructor(result: RunResult) {
    this.#result = result;
    const groups = result.groups.map(({ name }) => name);
    for (const [at, { name, group }] of result.peers.entries()) {
      this.#tracks.set(name, { pid: SWARM_PID + 1 + groups.indexOf(group), tid: at + 1 });
    }
  }

  /** Names of processes and threads, and what was sampled. */
  *begin(): Generator<TraceEvent> {
    const { groups, peers, scenario } = this.#result;
    yield named({ pid: SWARM_PID, tid: 0 }, 'process_name', scenario.name);
    yield named(LABORATORY, 'thread_name', 'laboratory');
    yield named(TRACKER, 'thread_name', 'tracker');
    for (const [at, { name }] of groups.entries()) {
      yield named({ pid: SWARM_PID + 1 + at, tid: 0 }, 'process_name', name);
    }
    for (const { name } of peers) yield named(this.#tracks.get(name)!, 'thread_name', name);
    yield* this.#counters();
  }

  *see(event: SwarmEvent): Generator<TraceEvent> {
    this.#addresses.see(event);
    const { atMs, peer } = event;
    switch (event.type) {
      case 'peer-joined':
        this.#stays.set(peer, { fromMs: atMs, completedMs: holdsAll(event) ? atMs : null });
        return;
      case 'peer-completed': {
        const stay = this.#stays.get(peer);
        if (stay !== undefined) stay.completedMs ??= atMs;
        return;
      }
      case 'peer-left':
      case 'peer-crashed':
        yield* this.#endStay(peer, atMs);
        yield this.#instant(event);
        return;
      case 'chunk-received':
        yield* this.#received(event);
        return;
      case 'chunk-discarded':
      case 'peer-banned':
      case 'connection-failed':
      case 'remote-fault':
      case 'tracker-lost':
      case 'node-failed':
        yield this.#instant(event);
        return;
      case 'fault-began':
        yield this.#faultBegan(event);
        return;
      case 'fault-ended':
        yield* this.#faultEnded(event);
        return;
      case 'chunk-announced':
      case 'chunk-asked':
      case 'chunk-located':
      case 'chunk-unlocated':
      case 'chunk-requested':
      case 'chunk-disputed':
      case 'tracker-found':
      case 'tracker-started':
      case 'client-registered':
      case 'client-completed':
      case 'content-changed':
      case 'peer-forgotten':
        // Many, and of no length: events.jsonl has them.
        return;
    }
  }

  /** What lasted to the end of the run. */
  *end(): Generator<TraceEvent> {
    const { elapsedMs } = this.#result;
    for (const peer of [...this.#stays.keys()]) yield* this.#endStay(peer, elapsedMs);
    for (const { id, name } of this.#faults.values()) {
      yield { ...LABORATORY, name, cat: 'fault', ph: 'e', id, ts: microseconds(elapsedMs) };
    }
  }

  *#counters(): Generator<TraceEvent> {
    let before: RunResult['samples'][number] | undefined;
    for (const sample of this.#result.samples) {
      const { atMs, usefulBytes, peersAlive, peersCompleted } = sample;
      const at = { pid: SWARM_PID, tid: 0, ph: 'C' as const, ts: microseconds(atMs) };
      yield { ...at, name: 'peers', args: { alive: peersAlive, completed: peersCompleted } };
      if (before !== undefined && atMs > before.atMs) {
        const seconds = (atMs - before.atMs) / SECOND_MS;
        const bytesPerSec = Math.round((usefulBytes - before.usefulBytes) / seconds);
        yield { ...at, name: 'goodput', ts: microseconds(before.atMs), args: { 'bytes/s': bytesPerSec } };
      }
      before = sample;
    }
  }

  *#endStay(peer: string, atMs: number): Generator<TraceEvent> {
    const stay = this.#stays.get(peer);
    const track = this.#tracks.get(peer);
    if (stay === undefined || track === undefined) return;
    this.#stays.delete(peer);
    const completedMs = Math.min(stay.completedMs ?? atMs, atMs);
    if (completedMs > stay.fromMs) {
      yield slice(track, { name: 'incomplete', cat: 'stay', fromMs: stay.fromMs, toMs: completedMs });
    }
    if (stay.completedMs !== null && atMs > completedMs) {
      yield slice(track, { name: 'complete', cat: 'stay', fromMs: completedMs, toMs: atMs });
    }
  }

  *#received(event: Extract<SwarmEvent, { readonly type: 'chunk-received' }>): Generator<TraceEvent> {
    const { peer, atMs, tookMs, index, from, bytes } = event;
    const track = this.#tracks.get(peer);
    if (track === undefined) return;
    yield* overlapping(track, {
      name: `chunk ${index}`,
      cat: 'chunk',
      id: ++this.#id,
      fromMs: Math.max(0, atMs - tookMs),
      toMs: atMs,
      args: { from: this.#addresses.nameOf(from, atMs), bytes },
    });
  }

  #instant(event: SwarmEvent): TraceEvent {
    const { type, peer, atMs, ...rest } = event;
    const args = Object.fromEntries(
      Object.entries(rest).map(([key, value]) => [
        key,
        typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value),
      ]),
    );
    const track = this.#tracks.get(peer) ?? TRACKER;
    return { ...track, name: type, cat: 'event', ph: 'i', s: 't', ts: microseconds(atMs), args };
  }

  #faultBegan(event: Extract<SwarmEvent, { readonly type: 'fault-began' }>): TraceEvent {
    const { fault: name, kind, occurrence, targets, atMs } = event;
    const id = ++this.#id;
    this.#faults.set(`${name}/${occurrence}`, { id, name });
    const args = { kind, targets: targets.join(', ') };
    return { ...LABORATORY, name, cat: 'fault', ph: 'b', id, ts: microseconds(atMs), args };
  }

  *#faultEnded(event: Extract<SwarmEvent, { readonly type: 'fault-ended' }>): Generator<TraceEvent> {
    const key = `${event.fault}/${event.occurrence}`;
    const begun = this.#faults.get(key);
    if (begun === undefined) return;
    this.#faults.delete(key);
    yield { ...LABORATORY, ...begun, cat: 'fault', ph: 'e', ts: microseconds(event.atMs) };
  }
}

function holdsAll({ heldChunks, totalChunks }: PeerJoined): boolean {
  return totalChunks > 0 && heldChunks === totalChunks;
}

function named(track: TraceTrack, name: 'process_name' | 'thread_name', value: string): TraceEvent {
  return { ...track, name, ph: 'M', ts: 0, args: { name: value } };
}
