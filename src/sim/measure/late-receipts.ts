import type { SwarmEvent } from '../../core/events.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';
import type { Owner } from './address-book.ts';
import type { EventFold } from './event-fold.ts';

/** Payload, in bytes, that finished arriving only after an instant. */
export interface Late {
  readonly bytes: number;
  readonly usefulBytes: number;
  /** By the name of who sent it. */
  readonly sentBytes: ReadonlyMap<string, number>;
}

/**
 * Receipts after the makespan. It is known only when the run is over, but is the time of a completion, and not before
 * all who must complete in any case have done so once: until then nothing is kept.
 */
export class LateReceipts implements EventFold {
  readonly #waitedFor: Set<string>;
  #isKept = false;
  /** A row for each receipt. */
  readonly #senders: Owner[] = [];
  readonly #bytes: number[] = [];
  readonly #useful: boolean[] = [];
  readonly #timesMs: number[] = [];

  constructor({ peers, content }: Plan) {
    const lacking = peers.filter(
      (peer) => peer.mustComplete === true && surelyLacks(peer, content.totalChunks),
    );
    this.#waitedFor = new Set(lacking.map(({ name }) => name));
  }

  see(event: SwarmEvent): void {
    if (event.type !== 'peer-completed') return;
    this.#waitedFor.delete(event.peer);
    this.#isKept = this.#waitedFor.size === 0;
  }

  add(sender: Owner, bytes: number, useful: boolean, atMs: number): void {
    if (!this.#isKept) return;
    this.#senders.push(sender);
    this.#bytes.push(bytes);
    this.#useful.push(useful);
    this.#timesMs.push(atMs);
  }

  after(periodMs: number): Late {
    let bytes = 0;
    let usefulBytes = 0;
    const sentBytes = new Map<string, number>();
    for (let at = 0; at < this.#bytes.length; at++) {
      if (this.#timesMs[at]! <= periodMs) continue;
      const { name } = this.#senders[at]!;
      const own = this.#bytes[at]!;
      bytes += own;
      if (this.#useful[at]!) usefulBytes += own;
      sentBytes.set(name, (sentBytes.get(name) ?? 0) + own);
    }
    return { bytes, usefulBytes, sentBytes };
  }
}

/** What a given folder holds is not in the plan. */
function surelyLacks({ holds }: PlannedPeer, totalChunks: number): boolean {
  return holds.kind === 'none' || (holds.kind === 'chunks' && holds.indices.length < totalChunks);
}
