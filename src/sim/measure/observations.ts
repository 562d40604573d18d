/** What all figures are made of, read once from plan and record. */
import type { ChunkSet } from '../../core/chunk-set.ts';
import type { PeerRecord, RunRecord } from '../engines/engine.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';
import { AddressBook, readReceipts } from './receipts.ts';
import type { Receipts } from './receipts.ts';
import { initialChunks, readChunkTraces, readCompletions, readStays } from './presence.ts';
import type { Stay } from './presence.ts';

export interface Evidence {
  readonly plan: Plan;
  /** With its events in order of time. */
  readonly record: RunRecord;
  readonly contentBytes: number;
  readonly book: AddressBook;
  readonly receipts: Receipts;
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

export function gatherEvidence(plan: Plan, record: RunRecord): Evidence {
  const events = record.events.toSorted((a, b) => a.atMs - b.atMs);
  const book = new AddressBook(events);
  const stays = readStays(events, record.elapsedMs);
  const completions = readCompletions(events);
  const traces = readChunkTraces(events);
  const initial = new Map<string, ChunkSet>();
  for (const peer of plan.peers) {
    const held = initialChunks(plan, peer, {
      stays: stays.get(peer.name) ?? [],
      completed: completions.has(peer.name),
      chunks: traces.get(peer.name),
    });
    if (held !== undefined) initial.set(peer.name, held);
  }
  const records = new Map(record.peers.map((peer) => [peer.name, peer]));
  return {
    plan,
    record: { ...record, events },
    contentBytes: record.chunkBytes.reduce((sum, bytes) => sum + bytes, 0),
    book,
    receipts: readReceipts(events, book),
    stays,
    completions,
    initial,
    records,
    required: new Set(
      plan.peers.filter((peer) => isRequired(peer, records.get(peer.name))).map(({ name }) => name),
    ),
  };
}
