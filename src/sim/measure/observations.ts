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

/** When a peer completed for good: the last time, should it have lost chunks after an earlier one. */
export function completedForGood({ completions }: Evidence, name: string): number | undefined {
  return completions.get(name)?.at(-1);
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
