/** What arrived where: every byte of payload is useful or wasted. */
import { ChunkSet } from '../../core/chunk-set.ts';
import type { ChunkDiscarded, ChunkReceived, Sent, Share, SwarmEvent } from '../../core/events.ts';
import type { Plan } from '../plan/plan.ts';
import type { Flow } from '../result/result.ts';
import type { AddressBook, Owner } from './address-book.ts';
import type { EventFold } from './event-fold.ts';
import { LateReceipts, type Late } from './late-receipts.ts';

/** Payload in bytes. */
export interface Arrived {
  /** Of chunks when they came for the first time. */
  readonly usefulBytes: number;
  /** Of chunks that had been received before, and all that was discarded. */
  readonly wastedBytes: number;
}

export interface Receipts extends Arrived {
  /** By the name of who received it. */
  readonly arrived: ReadonlyMap<string, Arrived>;
  /** Useful payload, the largest flow first. */
  readonly flows: readonly Flow[];
  /** Whoever sent useful payload, in the order of their first chunk. */
  readonly senders: readonly string[];
  /** What finished arriving only after the makespan or, without one, after the end of the run. */
  after(periodMs: number): Late;
}

const nothing: Arrived = { usefulBytes: 0, wastedBytes: 0 };

export class ReceiptFold implements EventFold {
  readonly #totalChunks: number;
  readonly #book: AddressBook;
  readonly #received = new Map<string, ChunkSet>();
  readonly #arrived = new Map<string, { usefulBytes: number; wastedBytes: number }>();
  readonly #flows = new Map<Owner, Map<string, { chunks: number; bytes: number }>>();
  readonly #late: LateReceipts;

  constructor(plan: Plan, book: AddressBook) {
    this.#totalChunks = plan.content.totalChunks;
    this.#book = book;
    this.#late = new LateReceipts(plan);
  }

  see(event: SwarmEvent): void {
    this.#late.see(event);
    if (event.type === 'chunk-received') this.#arrive(event, this.#isNew(event));
    else if (event.type === 'chunk-discarded') this.#arrive(event, false);
  }

  result(): Receipts {
    const total = (key: keyof Arrived): number =>
      [...this.#arrived.values()].reduce((sum, arrived) => sum + arrived[key], 0);
    return {
      usefulBytes: total('usefulBytes'),
      wastedBytes: total('wastedBytes'),
      arrived: this.#arrived,
      flows: this.#flowsByName(),
      senders: [...new Set([...this.#flows.keys()].map(({ name }) => name))],
      after: (periodMs) => this.#late.after(periodMs),
    };
  }

  #isNew({ peer, index }: ChunkReceived): boolean {
    let received = this.#received.get(peer);
    if (received === undefined) this.#received.set(peer, (received = new ChunkSet(this.#totalChunks)));
    return received.add(index);
  }

  #arrive(event: ChunkReceived | ChunkDiscarded, useful: boolean): void {
    let arrived = this.#arrived.get(event.peer);
    if (arrived === undefined) this.#arrived.set(event.peer, (arrived = { ...nothing }));
    for (const { from, bytes } of sharesOf(event)) {
      const owner = this.#book.ownerOf(from, event.atMs);
      arrived[useful ? 'usefulBytes' : 'wastedBytes'] += bytes;
      this.#late.add(owner, bytes, useful, event.atMs);
      if (useful) this.#flow(owner, event.peer, bytes);
    }
  }

  #flow(from: Owner, to: string, bytes: number): void {
    let flows = this.#flows.get(from);
    if (flows === undefined) {
      flows = new Map<string, { chunks: number; bytes: number }>();
      this.#flows.set(from, flows);
    }
    const flow = flows.get(to);
    if (flow === undefined) {
      flows.set(to, { chunks: 1, bytes });
    } else {
      flow.chunks += 1;
      flow.bytes += bytes;
    }
  }

  /** Who listened at several addresses, one after another, is one sender. */
  #flowsByName(): Flow[] {
    const byName = new Map<string, Map<string, Flow>>();
    for (const [{ name: from }, flows] of this.#flows) {
      const own = byName.get(from) ?? new Map<string, Flow>();
      byName.set(from, own);
      for (const [to, { chunks, bytes }] of flows) {
        const before = own.get(to) ?? { chunks: 0, bytes: 0 };
        own.set(to, { from, to, chunks: before.chunks + chunks, bytes: before.bytes + bytes });
      }
    }
    return [...byName.values()]
      .flatMap((own) => [...own.values()])
      .filter(({ bytes }) => bytes > 0)
      .sort((a, b) => b.bytes - a.bytes || compare(a.from, b.from) || compare(a.to, b.to));
  }
}

/** Who sent how much of a chunk, who finished it first. */
export function sharesOf({ from, bytes, earlier = [] }: Sent): Share[] {
  const ownBytes = earlier.reduce((rest, share) => rest - share.bytes, bytes);
  return [{ from, bytes: ownBytes }, ...earlier];
}

/** What came to this peer. */
export function arrivedAt({ arrived }: Receipts, peer: string): Arrived {
  return arrived.get(peer) ?? nothing;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
