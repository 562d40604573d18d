import type { Ledger } from '../ledger.ts';

/** What one connection to the tracker has announced of what is held, and what it is still to announce, in order. */
export class Announcements {
  readonly #ledger: Ledger;
  readonly #due: Set<number>;
  readonly #made = new Set<number>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    this.#due = new Set(ledger.held);
  }

  /** How many were made. */
  get made(): number {
    return this.#made.size;
  }

  get isPending(): boolean {
    return this.#due.size > 0;
  }

  add(index: number): void {
    if (!this.#made.has(index)) this.#due.add(index);
  }

  /** Takes the next one; `undefined` when none is due. What is held no more is passed over. */
  take(): { readonly index: number; readonly hash: string } | undefined {
    for (const index of this.#due) {
      this.#due.delete(index);
      const claim = this.#ledger.claim(index);
      if (claim === undefined) continue;
      this.#made.add(index);
      return { index, hash: claim.hash };
    }
    return undefined;
  }
}
