import { addressKey } from '../../../address.ts';
import type { Address, Random } from '../../../interfaces.ts';

const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 60_000;
/** Addresses remembered; when there are more, those that could not be reached make room. */
const KNOWN_MAX = 2_000;

/** Somebody else in the swarm, a neighbour or not. */
export interface KnownPeer {
  readonly address: Address;
  dialled: boolean;
  failures: number;
  /** Connections in a row over which not one byte of a chunk went. */
  fruitless: number;
  nextDialMs: number;
  /** It lacked nothing when it was met last. */
  complete: boolean;
}

/** Whom a peer knows in the swarm, and when each may be dialled. */
export class KnownPeers {
  readonly #random: Random;
  readonly #byKey = new Map<string, KnownPeer>();
  /** Since those who could not be reached were forgotten last. */
  #hasFailed = false;

  /** `random` keeps those from trying in step for ever who take each other's places by it. */
  constructor({ random }: { readonly random: Random }) {
    this.#random = random.fork('pauses');
  }

  /** By address key. */
  entries(): Iterable<[string, KnownPeer]> {
    return this.#byKey;
  }

  get(address: Address): KnownPeer | undefined {
    return this.#byKey.get(addressKey(address));
  }

  learn(addresses: readonly Address[], nowMs: number): void {
    for (const address of addresses) {
      const key = addressKey(address);
      if (this.#byKey.has(key)) continue;
      if (this.#byKey.size >= KNOWN_MAX) this.#forgetUnreachable();
      if (this.#byKey.size >= KNOWN_MAX) continue;
      const fresh = { dialled: false, failures: 0, fruitless: 0, complete: false };
      this.#byKey.set(key, { address, nextDialMs: nowMs, ...fresh });
    }
  }

  /** The connection to it was of no use: the next one can wait, each time for longer. */
  putOff(known: KnownPeer, nowMs: number): void {
    known.nextDialMs = nowMs + this.#pauseMs(known.fruitless);
    known.fruitless++;
  }

  /** It could not be reached. */
  failed(known: KnownPeer, nowMs: number): void {
    known.nextDialMs = nowMs + this.#pauseMs(known.failures);
    known.failures++;
    this.#hasFailed = true;
  }

  /** The first as it is, later ones up to half as long again. */
  #pauseMs(times: number): number {
    return times === 0 ? pauseMs(times) : pauseMs(times) * (1 + this.#random.next() / 2);
  }

  #forgetUnreachable(): void {
    if (!this.#hasFailed) return;
    this.#hasFailed = false;
    for (const [key, { failures }] of this.#byKey) if (failures > 0) this.#byKey.delete(key);
  }
}

/** In a row, so far. */
export function timesInVain({ failures, fruitless }: KnownPeer): number {
  return failures + fruitless;
}

/** After so many times in vain before: 1 s, then twice as long each time, up to a minute. */
export function pauseMs(times: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** times);
}
