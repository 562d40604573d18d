/** What each planned join, departure, return and link did. An injection that hit nothing proves nothing. */
import type { SwarmEvent } from '../../core/events.ts';
import { formatBytes, formatDuration } from '../units/format.ts';
import type { PlannedLeave, PlannedPeer } from '../plan/plan.ts';
import type { Evidence } from './observations.ts';
import { faultFigures, returnsAfterFaults } from './injected-faults.ts';
import { linkFigures } from './injected-links.ts';
import type { InjectedFigures } from '../result/result.ts';
import { sharesOf } from './receipts.ts';
import type { Stay } from './presence.ts';

/** A departure this much before its time is none of the plan's: timers may fire a little early, not more. */
const EARLY_MS_MAX = 5;

const OVER_BEFORE = 'the run was over before';

/** A planned session: one that faults have cut is made of several stays. */
interface Session {
  readonly first: Stay;
  readonly last: Stay;
}

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
  /** When faults killed a peer, by its name: the session that was cut may go on. */
  readonly #faultCrashes: ReadonlyMap<string, ReadonlySet<number>>;

  constructor(evidence: Evidence, makespanMs: number | null) {
    this.#evidence = evidence;
    this.#makespanMs = makespanMs;
    this.#noticed = noticedBy(evidence);
    this.#faultCrashes = crashesByFaults(evidence);
  }

  ofPeer(peer: PlannedPeer): InjectedFigures[] {
    return peer.sessions.flatMap((session, position) => {
      const isAtStart = 'joinMs' in session && session.joinMs === 0 && position === 0;
      const arrivals = isAtStart ? [] : [this.#arrival(peer, position)];
      const departures = session.leave === null ? [] : [this.#departure(peer, position, session.leave)];
      return [...arrivals, ...departures];
    });
  }

  #session(peer: PlannedPeer, position: number): Session | undefined {
    return this.#sessions(peer.name)[position];
  }

  #sessions(name: string): Session[] {
    const killedAt = this.#faultCrashes.get(name) ?? new Set<number>();
    const sessions: Session[] = [];
    let goesOn = false;
    for (const stay of this.#evidence.stays.get(name) ?? []) {
      const cut = goesOn ? sessions.pop() : undefined;
      sessions.push({ first: cut?.first ?? stay, last: stay });
      goesOn = stay.end === 'crashed' && killedAt.has(stay.endMs);
    }
    return sessions;
  }

  /** Whether the last completion was still to come. */
  #matters(atMs: number): boolean {
    return this.#makespanMs === null || atMs < this.#makespanMs;
  }

  #arrival(peer: PlannedPeer, position: number): InjectedFigures {
    const plannedMs = this.#plannedArrival(peer, position);
    const kind = position > 0 ? 'return' : 'join';
    const stay = this.#session(peer, position)?.first;
    if (stay === undefined) {
      const why = plannedMs === null ? this.#whyNoDeparture(peer, position - 1) : OVER_BEFORE;
      const effect = `did not happen: ${why}`;
      return { kind, target: peer.name, plannedMs, happenedMs: null, effect, hit: false };
    }
    const verb = position > 0 ? 'came back' : 'joined';
    const effect = `${verb} with ${this.#ofAll(stay.heldChunks)}`;
    return { kind, target: peer.name, plannedMs, happenedMs: stay.joinMs, effect, hit: true };
  }

  /** null: it counts from a departure that did not happen. */
  #plannedArrival(peer: PlannedPeer, position: number): number | null {
    const session = peer.sessions[position]!;
    if ('joinMs' in session) return session.joinMs;
    const leftMs = this.#departureMs(peer, position - 1);
    return leftMs === null ? null : leftMs + session.awayMs;
  }

  #departure(peer: PlannedPeer, position: number, leave: PlannedLeave): InjectedFigures {
    const kind = leave.how === 'crash' ? 'crash' : 'graceful-leave';
    const plannedMs = this.#plannedDeparture(peer, position);
    const happenedMs = this.#departureMs(peer, position);
    if (happenedMs === null) {
      const effect = `did not happen: ${this.#whyNoDeparture(peer, position)}`;
      return { kind, target: peer.name, plannedMs, happenedMs, effect, hit: false };
    }
    const stay = this.#session(peer, position)!.last;
    const matters = this.#matters(happenedMs);
    const verb = leave.how === 'crash' ? 'killed' : 'left';
    const parts = [
      `${verb} with ${this.#ofAll(this.#heldAtEnd(stay))}`,
      ...this.#consequences(peer, position, stay),
      ...(matters ? [] : ['after the last completion']),
    ];
    return { kind, target: peer.name, plannedMs, happenedMs, effect: parts.join('; '), hit: matters };
  }

  /** When the planned session ended as planned; null: it did not. */
  #departureMs(peer: PlannedPeer, position: number): number | null {
    const leave = peer.sessions[position]?.leave;
    const stay = this.#session(peer, position)?.last;
    const plannedMs = this.#plannedDeparture(peer, position);
    const happened =
      stay?.end === (leave?.how === 'crash' ? 'crashed' : 'left') &&
      this.#faultCrashes.get(peer.name)?.has(stay.endMs) !== true &&
      plannedMs !== null &&
      stay.endMs >= plannedMs - EARLY_MS_MAX;
    return happened ? stay.endMs : null;
  }

  #whyNoDeparture(peer: PlannedPeer, position: number): string {
    const isThere = this.#session(peer, position) !== undefined;
    return isThere && this.#plannedDeparture(peer, position) === null
      ? 'the peer had not completed'
      : OVER_BEFORE;
  }

  /** null: it counts from a completion that did not happen. */
  #plannedDeparture(peer: PlannedPeer, position: number): number | null {
    const leave = peer.sessions[position]?.leave ?? null;
    if (leave === null) return null;
    if (leave.from === 'start') return leave.afterMs;
    const stay = this.#session(peer, position)?.last;
    if (stay === undefined) return null;
    const total = this.#evidence.plan.content.totalChunks;
    if (stay.heldChunks === total) return stay.joinMs + leave.afterMs;
    const completions = this.#evidence.completions.get(peer.name) ?? [];
    const completedMs = completions.find((atMs) => atMs >= stay.joinMs && atMs <= stay.endMs);
    return completedMs === undefined ? null : completedMs + leave.afterMs;
  }

  #heldAtEnd({ heldChunks, receivedChunks }: Stay): number {
    return Math.min(heldChunks + receivedChunks, this.#evidence.plan.content.totalChunks);
  }

  #consequences(peer: PlannedPeer, position: number, stay: Stay): string[] {
    const untilMs = this.#session(peer, position + 1)?.first.joinMs ?? Infinity;
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

function crashesByFaults({ notable }: Evidence): Map<string, Set<number>> {
  const crashes = new Map<string, Set<number>>();
  for (const event of notable) {
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

function noticedBy({ notable, book }: Evidence): Map<string, Noticed[]> {
  const noticed = new Map<string, Noticed[]>();
  for (const event of notable) {
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
    return { address: event.from, what: 'lost', bytes: sharesOf(event)[0]!.bytes } as const;
  }
  return undefined;
}
