/** Notices that a client gets nothing although chunks are missing, and says now and then whom it has tried. */
import { addressKey, addressText as at } from '../../core/address.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { Address } from '../../core/interfaces.ts';
import { SECOND_MS } from '../../core/units.ts';
import { roughly } from '../progress/time-left.ts';

/** So long without a new byte is worth a line; the next one comes after twice as long… */
const PATIENCE_MIN_MS = 10 * SECOND_MS;
/** …up to this. */
const PATIENCE_MAX_MS = 60 * SECOND_MS;
const SHOWN_MAX = 4;
const REMEMBERED_MAX = 100;

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'broke off',
  ETIMEDOUT: 'no answer',
  ENOTFOUND: 'unknown host',
};

/** Holds no clock and writes nothing itself. */
export class StallWatch {
  /** Who was asked since the last progress, by address, and what came of it. The latest is last. */
  readonly #tried = new Map<string, { readonly address: Address; readonly outcome: string }>();
  /** Since the last progress: then it is not for want of somebody who sends. */
  #diskFailure: string | undefined;
  #missing = 0;
  #totalChunks = 0;
  #trackerAnswers = false;
  #held = 0;
  /** Chunks that the tracker has been told of since it was turned to. */
  #announced = 0;
  #mostBytes = -1;
  #sinceMs = 0;
  #nextMs = 0;
  #patienceMs = PATIENCE_MIN_MS;

  follow(event: SwarmEvent): void {
    switch (event.type) {
      case 'peer-joined':
        this.#totalChunks = event.totalChunks;
        this.#held = event.heldChunks;
        this.#missing = event.totalChunks - event.heldChunks;
        return;
      case 'chunk-received':
        this.#missing--;
        this.#tried.clear();
        this.#diskFailure = undefined;
        return;
      case 'node-failed':
        if (event.lostChunk !== undefined) this.#missing++;
        else this.#diskFailure = event.detail;
        return;
      case 'peer-completed':
      case 'peer-left':
        this.#missing = 0;
        return;
      case 'tracker-found':
        this.#trackerAnswers = true;
        return;
      case 'tracker-lost':
        this.#trackerAnswers = false;
        this.#announced = 0;
        return;
      case 'chunk-announced':
        this.#announced++;
        return;
      case 'chunk-requested':
        return this.#note(event.from, 'sends nothing');
      case 'connection-failed':
      case 'remote-fault':
        return this.#note(event.address, event.detail);
      case 'peer-banned':
        return this.#note(event.address, event.reason);
      case 'chunk-asked':
      case 'chunk-discarded':
      case 'chunk-disputed':
      case 'chunk-located':
      case 'chunk-unlocated':
      case 'fault-began':
      case 'fault-ended':
      case 'peer-crashed':
      case 'client-registered':
      case 'client-completed':
      case 'content-changed':
      case 'peer-forgotten':
      case 'tracker-started':
        // Says nothing of what comes, or from whom.
        return;
    }
  }

  /**
   * To be asked about once a second.
   * @param receivedBytes payload so far, with the parts of chunks on their way
   * @returns the line to print, if it is time for one
   */
  check(nowMs: number, receivedBytes: number): string | undefined {
    if (this.#missing <= 0 || receivedBytes > this.#mostBytes) {
      this.#mostBytes = receivedBytes;
      this.#sinceMs = nowMs;
      this.#patienceMs = PATIENCE_MIN_MS;
      this.#nextMs = nowMs + PATIENCE_MIN_MS;
      return undefined;
    }
    if (nowMs < this.#nextMs) return undefined;
    this.#patienceMs = Math.min(2 * this.#patienceMs, PATIENCE_MAX_MS);
    this.#nextMs = nowMs + this.#patienceMs;
    return (
      `nothing has arrived for ${roughly(nowMs - this.#sinceMs)}, ${this.#missing} of ${this.#totalChunks} chunks are missing; ` +
      `${this.#whoWasTried()}; trying again`
    );
  }

  #note(address: Address, outcome: string): void {
    const key = addressKey(address);
    this.#tried.delete(key);
    this.#tried.set(key, { address, outcome: WORDS[outcome] ?? outcome });
    for (const [oldest] of this.#tried) {
      if (this.#tried.size <= REMEMBERED_MAX) break;
      this.#tried.delete(oldest);
    }
  }

  #whoWasTried(): string {
    if (this.#diskFailure !== undefined) return this.#diskFailure;
    if (this.#tried.size === 0) {
      if (this.#trackerAnswers) return 'no client sends them yet';
      if (this.#announced === 0 || this.#announced >= this.#held) return 'the tracker does not answer';
      return `the client is still announcing its chunks to the tracker (${this.#announced} of ${this.#held}; -trusted_tracker announces all at once)`;
    }
    const latest = [...this.#tried.values()]
      .slice(-SHOWN_MAX)
      .map(({ address, outcome }) => `${at(address)} (${outcome})`);
    const more = this.#tried.size > SHOWN_MAX ? ` and ${this.#tried.size - SHOWN_MAX} more` : '';
    return `tried ${latest.join(', ')}${more}`;
  }
}
