/** What all figures are made of: the plan, the record, and what was kept of the events as they happened. */
import type { ChunkSet } from '../../core/chunk-set.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { PeerRecord, RunRecord } from '../engines/engine.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';
import type { AvailabilityFigures } from '../result/result.ts';
import { AddressBook } from './address-book.ts';
import { AvailabilityFold } from './availability.ts';
import type { EventFold } from './event-fold.ts';
import { InitialChunks } from './initial-chunks.ts';
import { NotableEvents } from './notable-events.ts';
import { Presence, type Stay } from './presence.ts';
import { ReceiptFold, type Receipts } from './receipts.ts';

export interface Evidence {
  readonly plan: Plan;
  readonly record: RunRecord;
  readonly contentBytes: number;
  readonly book: AddressBook;
  readonly receipts: Receipts;
  /** What went wrong or was done to peers, in order of time. */
  readonly notable: readonly SwarmEvent[];
  availability(periodMs: number): AvailabilityFigures | null;
  readonly stays: ReadonlyMap<string, readonly Stay[]>;
  readonly completions: ReadonlyMap<string, readonly number[]>;
  /** Only peers whose chunks at the start are known. */
  readonly initial: ReadonlyMap<string, ChunkSet>;
  readonly records: ReadonlyMap<string, PeerRecord>;
  /** Peers that must complete, as it was at the end of the run. */
  readonly required: ReadonlySet<string>;
}

/** When a peer completed, and until when it held everything; several times when it lost chunks between. */
interface Complete {
  readonly fromMs: number;
  /** Infinity: to the end, and beyond. */
  readonly untilMs: number;
}

function completeTimes({ completions, stays }: Evidence, name: string): readonly Complete[] {
  return (completions.get(name) ?? []).map((fromMs) => {
    const own = stays.get(name) ?? [];
    const lost = own.findIndex(
      ({ joinMs, heldChunks, totalChunks }) => joinMs > fromMs && heldChunks < totalChunks,
    );
    return { fromMs, untilMs: lost === -1 ? Infinity : (own[lost - 1]?.endMs ?? own[lost]!.joinMs) };
  });
}

/**
 * The first instant at which all of these peers held everything, each by a completion of its own; null: there was none.
 * What they lose after it takes nothing from it.
 */
export function allCompleteMs(evidence: Evidence, names: readonly string[]): number | null {
  if (names.length === 0) return null;
  const times = names.map((name) => completeTimes(evidence, name));
  const candidates = times.flatMap((own) => own.map(({ fromMs }) => fromMs)).sort((a, b) => a - b);
  const isAt = (ms: number): boolean =>
    times.every((own) => own.some(({ fromMs, untilMs }) => fromMs <= ms && ms < untilMs));
  return candidates.find(isAt) ?? null;
}

/**
 * When a peer completed for good: the last time, should it have lost chunks after an earlier one. Undefined: never, or
 * not again. Once all were complete, what follows does not count.
 */
export function completedForGood(
  evidence: Evidence,
  name: string,
  makespanMs: number | null,
): number | undefined {
  const times = completeTimes(evidence, name);
  const counted = makespanMs === null ? times : times.filter(({ fromMs }) => fromMs <= makespanMs);
  const last = counted.at(-1);
  return makespanMs === null && last?.untilMs !== Infinity ? undefined : last?.fromMs;
}

/** Whoever stays is not excused by a departure that was still to come. */
function isRequired({ mustComplete }: PlannedPeer, record: PeerRecord | undefined): boolean {
  return mustComplete === 'unless-gone' ? record?.leftIncomplete !== true : mustComplete;
}

/** All folds of a run. */
export class Observations implements EventFold {
  readonly #plan: Plan;
  readonly #book = new AddressBook();
  readonly #presence = new Presence();
  readonly #notable = new NotableEvents();
  readonly #initial: InitialChunks;
  readonly #receipts: ReceiptFold;
  readonly #availability: AvailabilityFold;
  readonly #folds: readonly EventFold[];

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#initial = new InitialChunks(plan);
    this.#receipts = new ReceiptFold(plan, this.#book);
    this.#availability = new AvailabilityFold(plan);
    this.#folds = [
      this.#book,
      this.#presence,
      this.#notable,
      this.#initial,
      this.#receipts,
      this.#availability,
    ];
  }

  see(event: SwarmEvent): void {
    for (const fold of this.#folds) fold.see(event);
  }

  evidence(record: RunRecord): Evidence {
    const { peers } = this.#plan;
    const stays = this.#presence.stays(record.elapsedMs);
    const { completions } = this.#presence;
    const initial = new Map<string, ChunkSet>();
    for (const peer of peers) {
      const traces = { stays: stays.get(peer.name) ?? [], completed: completions.has(peer.name) };
      const held = this.#initial.of(peer, traces);
      if (held !== undefined) initial.set(peer.name, held);
    }
    const records = new Map(record.peers.map((peer) => [peer.name, peer]));
    return {
      plan: this.#plan,
      record,
      contentBytes: record.chunkBytes.reduce((sum, bytes) => sum + bytes, 0),
      book: this.#book,
      receipts: this.#receipts.result(),
      notable: this.#notable.events,
      availability: (periodMs) => this.#availability.result(initial, periodMs),
      stays,
      completions,
      initial,
      records,
      required: new Set(
        peers.filter((peer) => isRequired(peer, records.get(peer.name))).map(({ name }) => name),
      ),
    };
  }
}
