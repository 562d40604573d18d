import { SECOND_MS } from '../../../../core/units.ts';
import { InvariantError, type Invariant } from './invariant.ts';
import type { RunView } from './run-view.ts';

/** What one host has sent to another. */
export interface Pair {
  readonly from: string;
  readonly to: string;
  /** Handed to the network by the sender, and by the network to the receiver. */
  sentBytes: number;
  receivedBytes: number;
  /** By what the network tells. */
  lostBytes: number;
  /** Ends of connections between the two that have not closed. */
  openEnds: number;
}

/**
 * Of each pair of hosts, all bytes sent are received, under way or lost: none vanishes, and none comes from nowhere.
 * What is sent and received is counted at the peers, what is under way and lost is told by the network.
 */
export class ConservedBytes implements Invariant {
  readonly #view: RunView;
  readonly #nameOf: (host: string) => string;
  readonly #pairs = new Map<string, Pair>();
  readonly #isThorough: boolean;
  #nextLookMs = 0;

  constructor(view: RunView, nameOf: (host: string) => string, { thorough }: { readonly thorough: boolean }) {
    this.#view = view;
    this.#nameOf = nameOf;
    this.#isThorough = thorough;
  }

  pair(from: string, to: string): Pair {
    const key = `${from}>${to}`;
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = { from, to, sentBytes: 0, receivedBytes: 0, lostBytes: 0, openEnds: 0 };
      this.#pairs.set(key, pair);
    }
    return pair;
  }

  lost(from: string, to: string, bytes: number): void {
    this.pair(from, to).lostBytes += bytes;
  }

  /** An end has closed. A pair of which no end is open and nothing is under way is forgotten. */
  closed(pair: Pair, nowMs: number): void {
    pair.openEnds--;
    if (pair.openEnds > 0) return;
    const underWay = this.#underWay(pair);
    this.#check(pair, underWay, nowMs);
    if (underWay === 0) this.#pairs.delete(`${pair.from}>${pair.to}`);
  }

  /** What vanishes stays vanished, so that it is found at the next look as well. */
  look(nowMs: number): void {
    if (!this.#isThorough || nowMs < this.#nextLookMs) return;
    this.#nextLookMs = nowMs + SECOND_MS;
    this.end(nowMs);
  }

  end(nowMs: number): void {
    const underWay = this.#allUnderWay();
    for (const [key, pair] of this.#pairs) this.#check(pair, underWay.get(key) ?? 0, nowMs);
  }

  #check(pair: Pair, underWay: number, nowMs: number): void {
    const { from, to, sentBytes, receivedBytes, lostBytes } = pair;
    if (sentBytes === receivedBytes + underWay + lostBytes) return;
    throw new InvariantError({
      invariant: 'of each pair, bytes sent are received, under way or lost',
      atMs: nowMs,
      peers: [this.#nameOf(from), this.#nameOf(to)],
      found: `${sentBytes} bytes sent, ${receivedBytes} received, ${underWay} under way, ${lostBytes} lost`,
    });
  }

  #underWay({ from, to }: Pair): number {
    let bytes = 0;
    for (const { remote, underWayBytes } of this.#connections(from)) {
      if (remote.host === to) bytes += underWayBytes;
    }
    for (const { remote, unreadBytes } of this.#connections(to))
      if (remote.host === from) bytes += unreadBytes;
    return bytes;
  }

  #allUnderWay(): Map<string, number> {
    const all = new Map<string, number>();
    const add = (from: string, to: string, bytes: number): void => {
      if (bytes > 0) all.set(`${from}>${to}`, (all.get(`${from}>${to}`) ?? 0) + bytes);
    };
    const hosts = new Set([...this.#pairs.values()].flatMap(({ from, to }) => [from, to]));
    for (const host of hosts) {
      for (const { remote, underWayBytes, unreadBytes } of this.#connections(host)) {
        add(host, remote.host, underWayBytes);
        add(remote.host, host, unreadBytes);
      }
    }
    return all;
  }

  #connections(host: string) {
    return this.#view.network.linkOf(host)?.connections ?? [];
  }
}
