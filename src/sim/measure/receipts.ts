/** What arrived where, read from the events: every byte of payload is useful or wasted. */
import { addressKey } from '../../core/address.ts';
import type { Sent, Share, SwarmEvent } from '../../core/events.ts';
import type { Address } from '../../core/interfaces.ts';

/** Tells which peer listened at an address at some time: ports may be given again to others. */
export class AddressBook {
  readonly #owners = new Map<string, { readonly atMs: number; readonly peer: string }[]>();

  constructor(events: readonly SwarmEvent[]) {
    for (const event of events) {
      if (event.type !== 'peer-joined') continue;
      const key = addressKey(event.address);
      const owners = this.#owners.get(key) ?? [];
      owners.push({ atMs: event.atMs, peer: event.peer });
      this.#owners.set(
        key,
        owners.sort((a, b) => a.atMs - b.atMs),
      );
    }
  }

  /** The peer's name; `host:port` when nobody of the plan listened there (a client from outside). */
  nameOf(address: Address, atMs: number): string {
    const key = addressKey(address);
    const owners = this.#owners.get(key);
    if (owners === undefined) return key;
    // Clocks of two threads differ a little: an event may seem to precede the join that it speaks of.
    return (owners.findLast((owner) => owner.atMs <= atMs) ?? owners[0]!).peer;
  }
}

export interface Receipt {
  readonly from: string;
  readonly to: string;
  readonly index: number;
  readonly bytes: number;
  readonly atMs: number;
}

export interface Receipts {
  /** The first time that each chunk came to each peer: a receipt for each that sent some of it. In order of time. */
  readonly useful: readonly Receipt[];
  /** Chunks that a peer had received before, and all payload that was discarded. In order of time. */
  readonly wasted: readonly Receipt[];
}

export function readReceipts(events: readonly SwarmEvent[], book: AddressBook): Receipts {
  const useful: Receipt[] = [];
  const wasted: Receipt[] = [];
  const received = new Map<string, Set<number>>();
  for (const event of events) {
    if (event.type !== 'chunk-received' && event.type !== 'chunk-discarded') continue;
    const { peer: to, index, atMs } = event;
    const had = received.get(to) ?? new Set();
    received.set(to, had);
    const list = event.type === 'chunk-discarded' || had.has(index) ? wasted : useful;
    for (const { from, bytes } of sharesOf(event)) {
      list.push({ from: book.nameOf(from, atMs), to, index, bytes, atMs });
    }
    if (event.type === 'chunk-received') had.add(index);
  }
  return { useful, wasted };
}

/** Who sent how much of a chunk, who finished it first. */
export function sharesOf({ from, bytes, earlier = [] }: Sent): Share[] {
  const ownBytes = earlier.reduce((rest, share) => rest - share.bytes, bytes);
  return [{ from, bytes: ownBytes }, ...earlier];
}

export function sumBytes(receipts: readonly Receipt[]): number {
  return receipts.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Receipts by the value of a key, in their order. */
export function groupReceipts(receipts: readonly Receipt[], key: 'from' | 'to'): Map<string, Receipt[]> {
  const groups = new Map<string, Receipt[]>();
  for (const receipt of receipts) {
    const group = groups.get(receipt[key]);
    if (group === undefined) groups.set(receipt[key], [receipt]);
    else group.push(receipt);
  }
  return groups;
}
