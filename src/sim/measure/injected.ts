/** What each planned join, departure, return and link did. An injection that hit nothing proves nothing. */
import type { SwarmEvent } from '../../core/events.ts';
import { formatBytes, formatDuration } from '../report/format.ts';
import type { PlannedLeave, PlannedPeer } from '../plan/plan.ts';
import type { Evidence } from './evidence.ts';
import { faultFigures, returnsAfterFaults } from './injected-faults.ts';
import { linkFigures } from './injected-links.ts';
import { groupReceipts } from './receipts.ts';
import type { Receipt } from './receipts.ts';
import type { InjectedFigures } from './result.ts';
import type { Stay } from './stays.ts';

/** A departure this much before its time is none of the plan's: timers may fire a little early, not more. */
const EARLY_MS_MAX = 5;

/**
 * Joins, departures and returns, also those after faults, in order of planned time, then faults in the order of the
 * plan, then links.
 */
export function injectedFigures(evidence: Evidence, makespanMs: number | null): InjectedFigures[] {
  const injections = new Injections(evidence, makespanMs);
  const planned = evidence.plan.peers.flatMap((peer) => injections.ofPeer(peer));
  const churn = [...planned, ...returnsAfterFaults(evidence)];
  churn.sort((a, b) => (a.plannedMs ?? Infinity) - (b.plannedMs ?? Infinity) || 0);
  return [...churn, ...faultFigures(evidence), ...linkFigures(evidence)];
}

class Injections {
  readonly #evidence: Evidence;
  readonly #makespanMs: number | null;
  /** What others saw of a peer's sockets, by its name. */
  readonly #noticed: ReadonlyMap<string, readonly Noticed[]>;
  readonly #receivedBy: ReadonlyMap<string, readonly Receipt[]>;
  /** When faults killed a peer, by its name: the session that was cut may go on. */
  readonly #faultCrashes: ReadonlyMap<string, ReadonlySet<number>>;

  constructor(evidence: Evidence, makespanMs: number | null) {
    this.#evidence = evidence;
    this.#makespanMs = makespanMs;
    this.#noticed = noticedBy(evidence);
    this.#receivedBy = groupReceipts(evidence.receipts.useful, 'to');
    this.#faultCrashes = crashesByFaults(evidence);
  }

  ofPeer(peer: PlannedPeer): InjectedFigures[] {
    return peer.sessions.flatMap((session, position) => {
      const arrivals = position > 0 || session.joinMs > 0 ? [this.#arrival(peer, position)] : [];
      const departures = session.leave === null ? [] : [this.#departure(peer, position, session.leave)];
      return [...arrivals, ...departures];
    });
  }

  /** Of a planned session: one that faults have cut is made of several stays. */
  #stay(peer: PlannedPeer, position: number): Stay | undefined {
    return this.#sessions(peer.name)[position];
  }

  #sessions(name: string): Stay[] {
    const killedAt = this.#faultCrashes.get(name) ?? new Set<number>();
    const sessions: Stay[] = [];
    let goesOn = false;
    for (const stay of this.#evidence.stays.get(name) ?? []) {
      const last = sessions.at(-1);
      if (goesOn && last !== undefined) sessions[sessions.length - 1] = { ...stay, joinMs: last.joinMs };
      else sessions.push(stay);
      goesOn = stay.end === 'crashed' && killedAt.has(stay.endMs);
    }
    return sessions;
  }

  /** Whether the last completion was still to come. */
  #matters(atMs: number): boolean {
    return this.#makespanMs === null || atMs < this.#makespanMs;
  }

  #arrival(peer: PlannedPeer, position: number): InjectedFigures {
    const plannedMs = peer.sessions[position]!.joinMs;
    const kind = position > 0 ? 'return' : 'join';
    const stay = this.#stay(peer, position);
    if (stay === undefined) {
      const effect = 'did not happen: the run was over before';
      return { kind, target: peer.name, plannedMs, happenedMs: null, effect, hit: false };
    }
    const verb = position > 0 ? 'came back' : 'joined';
    const effect = `${verb} with ${this.#ofAll(stay.heldChunks)}`;
    return { kind, target: peer.name, plannedMs, happenedMs: stay.joinMs, effect, hit: true };
  }

  #departure(peer: PlannedPeer, position: number, leave: PlannedLeave): InjectedFigures {
    const kind = leave.how === 'crash' ? 'crash' : 'graceful-leave';
    const stay = this.#stay(peer, position);
    const plannedMs = this.#plannedDeparture(peer, stay, leave);
    const happened =
      stay?.end === (leave.how === 'crash' ? 'crashed' : 'left') &&
      this.#faultCrashes.get(peer.name)?.has(stay.endMs) !== true &&
      plannedMs !== null &&
      stay.endMs >= plannedMs - EARLY_MS_MAX;
    if (!happened) {
      const effect =
        stay !== undefined && plannedMs === null
          ? 'did not happen: the peer had not completed'
          : 'did not happen: the run was over before';
      return { kind, target: peer.name, plannedMs, happenedMs: null, effect, hit: false };
    }
    const matters = this.#matters(stay.endMs);
    const verb = leave.how === 'crash' ? 'killed' : 'left';
    const parts = [
      `${verb} with ${this.#ofAll(this.#heldAtEnd(peer.name, stay))}`,
      ...this.#consequences(peer, position, stay),
      ...(matters ? [] : ['after the last completion']),
    ];
    return {
      kind,
      target: peer.name,
      plannedMs,
      happenedMs: stay.endMs,
      effect: parts.join('; '),
      hit: matters,
    };
  }

  #plannedDeparture(peer: PlannedPeer, stay: Stay | undefined, leave: PlannedLeave): number | null {
    if (leave.from === 'start') return leave.afterMs;
    if (stay === undefined) return null;
    const total = this.#evidence.plan.content.totalChunks;
    const completions = this.#evidence.completions.get(peer.name) ?? [];
    const completedMs = completions.find((atMs) => atMs >= stay.joinMs && atMs <= stay.endMs);
    if (stay.heldChunks === total) return stay.joinMs + leave.afterMs;
    return completedMs === undefined ? null : completedMs + leave.afterMs;
  }

  #heldAtEnd(name: string, stay: Stay): number {
    const received = this.#receivedBy.get(name) ?? [];
    const during = received.filter(({ atMs }) => atMs >= stay.joinMs && atMs <= stay.endMs);
    return Math.min(stay.heldChunks + during.length, this.#evidence.plan.content.totalChunks);
  }

  #consequences(peer: PlannedPeer, position: number, stay: Stay): string[] {
    const untilMs = this.#stay(peer, position + 1)?.joinMs ?? Infinity;
    const noticed = (this.#noticed.get(peer.name) ?? []).filter(
      ({ atMs }) => atMs >= stay.endMs - EARLY_MS_MAX && atMs < untilMs,
    );
    const peersCut = new Set(noticed.filter(({ what }) => what === 'cut').map(({ by }) => by)).size;
    const lostBytes = noticed.reduce((sum, { bytes }) => sum + bytes, 0);
    const forgotten = noticed.find(({ what }) => what === 'forgotten');
    return [
      ...(peersCut > 0 ? [`${peersCut} ${peersCut === 1 ? 'peer' : 'peers'} lost the connection`] : []),
      ...(lostBytes > 0 ? [`${formatBytes(lostBytes)} in flight lost`] : []),
      ...(forgotten === undefined
        ? []
        : [`the tracker forgot it after ${formatDuration(Math.max(0, forgotten.atMs - stay.endMs))}`]),
    ];
  }

  #ofAll(chunks: number): string {
    return `${chunks} of ${this.#evidence.plan.content.totalChunks} chunks`;
  }
}

function crashesByFaults({ record }: Evidence): Map<string, Set<number>> {
  const crashes = new Map<string, Set<number>>();
  for (const event of record.events) {
    if (event.type !== 'peer-crashed' || event.fault === undefined) continue;
    const own = crashes.get(event.peer) ?? new Set();
    crashes.set(event.peer, own.add(event.atMs));
  }
  return crashes;
}

interface Noticed {
  readonly by: string;
  readonly atMs: number;
  readonly what: 'cut' | 'lost' | 'forgotten';
  readonly bytes: number;
}

function noticedBy({ record, book }: Evidence): Map<string, Noticed[]> {
  const noticed = new Map<string, Noticed[]>();
  for (const event of record.events) {
    const seen = toNoticed(event);
    if (seen === undefined) continue;
    const name = book.nameOf(seen.address, event.atMs);
    const list = noticed.get(name) ?? [];
    list.push({ by: event.peer, atMs: event.atMs, what: seen.what, bytes: seen.bytes });
    noticed.set(name, list);
  }
  return noticed;
}

function toNoticed(event: SwarmEvent) {
  if (event.type === 'connection-failed') return { address: event.address, what: 'cut', bytes: 0 } as const;
  if (event.type === 'peer-forgotten')
    return { address: event.address, what: 'forgotten', bytes: 0 } as const;
  if (event.type === 'chunk-discarded' && event.reason === 'failed') {
    return { address: event.from, what: 'lost', bytes: event.bytes } as const;
  }
  return undefined;
}
