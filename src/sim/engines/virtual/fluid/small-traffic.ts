import { SECOND_MS } from '../../../../core/units.ts';
import { turnBytes } from '../../../network/link-sizes.ts';
import type { PacedLink, Transfer } from './fluid-pacer.ts';

/**
 * A small message leaves at a time that is computed when it is sent. What would take longer than this is a transfer
 * instead, so that a rate that changes meanwhile holds for it.
 */
const SMALL_WAIT_MAX_MS = 2000;

/**
 * Messages that are too small to be transfers, in one direction of a link. They take no event of their own: each
 * leaves after what the transfers in their turns, and the small ones before it, take of the rate. Of that whole
 * milliseconds are waited out, so that those of one moment leave together; what is below passes at once, as a block
 * of 1 ms may anyhow. Their bytes are taken from the rate by the next transfer.
 */
export class SmallTraffic {
  readonly #link: PacedLink;
  #freeMs = 0;
  /** Of what came while transfers were under way, and while none was: the link has served some of that since. */
  #owedBytes = 0;
  #idleBytes = 0;

  constructor(link: PacedLink) {
    this.#link = link;
  }

  /** What has counted as sent, and may still have to be served. */
  pendingBytes(atMs: number): number {
    const waiting = this.#freeMs > atMs ? this.#link.rate.bytesBetween(atMs, this.#freeMs) : 0;
    let taken = 0;
    for (const transfer of this.#link.flows) taken += Math.min(transfer.owed, transfer.leftAt(atMs));
    return this.#owedBytes + this.#idleBytes + waiting + taken;
  }

  /** Whether so many bytes that come at `atMs`, which is now, would wait so long for the small ones before them. */
  takesLong(bytes: number, atMs: number): boolean {
    const ownMs = (bytes * SECOND_MS) / this.#link.rate.bytesPerSecAt(atMs);
    return Math.max(0, this.#freeMs - atMs) + ownMs > SMALL_WAIT_MAX_MS;
  }

  /** How long after `atMs`, which is now, so many bytes are through; `aheadBytes`: what takes its turns before. */
  delayMs(bytes: number, atMs: number, aheadBytes: number): number {
    const bytesPerSec = this.#link.rate.bytesPerSecAt(atMs);
    this.#freeMs = Math.max(this.#freeMs, atMs) + (bytes * SECOND_MS) / bytesPerSec;
    if (this.#link.flows.size > 0) this.#owedBytes += bytes;
    else this.#idleBytes += bytes;
    return Math.floor(this.#freeMs - atMs) + (aheadBytes * SECOND_MS) / bytesPerSec;
  }

  /** What the link's transfers but one send before they have all had their turn: half of one is over on average. */
  turnsBytes(atMs: number, except: Transfer | undefined): number {
    const turn = turnBytes(this.#link.rate.bytesPerSecAt(atMs));
    let bytes = 0;
    let others = 0;
    for (const transfer of this.#link.flows) {
      if (transfer === except) continue;
      others++;
      bytes += Math.min(turn, transfer.leftAt(atMs));
    }
    return others === 0 ? 0 : (bytes * (others - 0.5)) / others;
  }

  /** What a transfer of so many bytes that begins now has to serve in their stead: no more than its own. */
  takeOwed(atMs: number, most: number): number {
    const waiting = this.#freeMs > atMs ? this.#link.rate.bytesBetween(atMs, this.#freeMs) : 0;
    const owed = this.#owedBytes + Math.min(this.#idleBytes, waiting);
    const taken = Math.min(owed, most);
    this.#owedBytes = owed - taken;
    this.#idleBytes = 0;
    return taken;
  }
}
