import type { PeerContext } from '../../context.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';
import type { Neighbourhood } from '../neighbours/neighbourhood.ts';
import { HOLDERS_GAP_MS } from './showing.ts';

/** Chunks that are shown and not sent yet, all neighbours together: so many at first… */
const AHEAD_CHUNKS_FIRST = 4;
/** …and twice as many whenever a request finds the uplink idle, up to this. */
const AHEAD_CHUNKS_MAX = 64;
/** One neighbour is shown more than so many only if nobody has been shown them before. */
const OPEN_CHUNKS_MAX = 4;
/** A neighbour that has fetched all chunks it was shown waits at most this time for others to copy them. */
const PATIENCE_MS = 250;

/** A neighbour that has shown no chunk for this time passes nothing on: nobody waits for it. */
const STANDSTILL_MS = 1000;

interface Lively {
  readonly id: number;
  readonly atMs: number;
}

interface Shown {
  /** Shown, not sent yet; and when it was shown. */
  readonly pending: Map<number, number>;
  /** Sent to it whole; it has not told yet that it holds it, which peers may do in batches. */
  readonly sent: Set<number>;
  /** Fetched, but no other neighbour has it. */
  readonly unspread: Set<number>;
  /** Shown, but it was choked before it got them: others may have them first. */
  readonly withdrawn: Set<number>;
  lastFetchMs: number;
}

export interface SuperSeedingCallbacks {
  /** How many neighbours hold a chunk. */
  copies(index: number): number;
  /** The neighbour may lack what it claims to hold: nothing is hidden from it any more. */
  onDoubt(neighbour: Neighbour): void;
  /** Nothing is hidden any more. */
  onEnd(): void;
}

/** A neighbour that is served, while it is decided what to show. */
interface Served {
  readonly neighbour: Neighbour;
  readonly shown: Shown;
  /** Chunks that it was shown and that it has not fetched, or passed on, yet. */
  open: number;
}

/**
 * Super-seeding (after BEP 16): a lone seeder pretends to hold nothing and shows each neighbour that it serves one
 * chunk, of those with the fewest copies; the next follows when the neighbour has passed it on. So scarce upload
 * capacity sends every chunk once before it sends any twice. Those who are choked are shown nothing: a chunk that is
 * shown waits for the one that may fetch it. Unlike BEP 16 it never leaves a neighbour idle for longer than a fraction
 * of a second, and shows more ahead where the uplink would be idle, so a fast seeder is not held back.
 */
export class SuperSeeding {
  readonly #context: PeerContext;
  readonly #neighbours: Neighbourhood;
  readonly #callbacks: SuperSeedingCallbacks;
  readonly #shown = new Map<number, Shown>();
  /** How many neighbours have been shown chunk i and have not told yet that they hold it. */
  readonly #offers: Uint16Array;
  #ahead = AHEAD_CHUNKS_FIRST;
  #aheadGrewMs = 0;
  #hasSent = false;
  /** Shown, not sent yet, all neighbours together. */
  #pending = 0;
  /** The two neighbours that came or told of a chunk last. */
  #lively: readonly Lively[] = [];
  #active: boolean;

  constructor(context: PeerContext, neighbours: Neighbourhood, callbacks: SuperSeedingCallbacks) {
    this.#context = context;
    this.#neighbours = neighbours;
    this.#callbacks = callbacks;
    this.#offers = new Uint16Array(context.ledger.totalChunks + 1);
    this.#active = context.options.superSeeding !== 'off' && context.ledger.complete;
  }

  get active(): boolean {
    return this.#active;
  }

  joined(neighbour: Neighbour): void {
    if (!this.#active) return;
    const lastFetchMs = this.#context.clock.now();
    this.#shown.set(neighbour.id, {
      pending: new Map(),
      sent: new Set(),
      unspread: new Set(),
      withdrawn: new Set(),
      lastFetchMs,
    });
    this.#noteLively(neighbour);
  }

  /** The neighbour's bitfield is known: what it holds need not be shown. */
  introduced(neighbour: Neighbour): void {
    if (!this.#active) return;
    if (neighbour.theirs.complete && this.#context.options.superSeeding === 'auto') this.end();
    else this.#offer();
  }

  /** It may ask for what it is shown. */
  unchoked(neighbour: Neighbour): void {
    const shown = this.#shown.get(neighbour.id);
    if (!this.#active || shown === undefined) return;
    for (const index of shown.withdrawn) this.#open(shown, index);
    shown.withdrawn.clear();
    this.#offer();
  }

  /** It may not ask any more: only what is being sent to it is finished. */
  choked({ id, serving }: Neighbour): void {
    const shown = this.#shown.get(id);
    if (!this.#active || shown === undefined) return;
    for (const index of shown.pending.keys()) {
      if (serving.some((chunk) => chunk.index === index)) continue;
      this.#fulfil(shown, index);
      this.#offers[index]!--;
      shown.withdrawn.add(index);
    }
  }

  /** It asks for a chunk. If nobody else is being sent one, the uplink was idle: too little had been shown. */
  requested({ id }: Neighbour, index: number): void {
    if (!this.#active || !this.#hasSent || !this.#isIdle()) return;
    const shownMs = this.#shown.get(id)?.pending.get(index);
    // What was shown before that tells of the fewer that there were then.
    if (shownMs === undefined || shownMs < this.#aheadGrewMs) return;
    this.#ahead = Math.min(2 * this.#ahead, AHEAD_CHUNKS_MAX);
    this.#aheadGrewMs = this.#context.clock.now();
    this.#offer();
  }

  /** The last byte of a chunk has been handed to the neighbour's connection. */
  sent({ id }: Neighbour, index: number): void {
    const shown = this.#shown.get(id);
    if (!this.#active || shown === undefined || !this.#fulfil(shown, index)) return;
    this.#hasSent = true;
    shown.sent.add(index);
    this.#offer();
  }

  /** A neighbour tells that it holds a chunk now. */
  has(neighbour: Neighbour, index: number): void {
    if (!this.#active) return;
    this.#noteLively(neighbour);
    const shown = this.#shown.get(neighbour.id);
    shown?.withdrawn.delete(index);
    if (shown && (this.#fulfil(shown, index) || shown.sent.delete(index))) {
      this.#offers[index]!--;
      shown.lastFetchMs = this.#context.clock.now();
      if (this.#callbacks.copies(index) < 2) shown.unspread.add(index);
    }
    for (const [id, other] of this.#shown) if (id !== neighbour.id) other.unspread.delete(index);
    if (neighbour.theirs.complete && this.#context.options.superSeeding === 'auto') this.end();
    else this.#offer();
  }

  /** It wants nothing, and so will copy nothing from others. */
  unconcerned({ id }: Neighbour): void {
    this.#lively = this.#lively.filter((lively) => lively.id !== id);
  }

  left(neighbour: Neighbour): void {
    const shown = this.#shown.get(neighbour.id);
    this.#shown.delete(neighbour.id);
    if (shown === undefined) return;
    this.#pending -= shown.pending.size;
    for (const index of [...shown.pending.keys(), ...shown.sent]) this.#offers[index]!--;
  }

  /** Several times a second. */
  tick(): void {
    if (!this.#active) return;
    this.#offer();
    for (const neighbour of this.#neighbours.values()) this.#doubt(neighbour);
  }

  /** Each that is served gets a chunk to ask for, and all together as many as the uplink needs. */
  #offer(): void {
    const nowMs = this.#context.clock.now();
    let served = this.#served(nowMs);
    for (const one of served) if (one.open === 0) this.#show(one, nowMs);
    while (this.#pending < this.#ahead && served.length > 0) {
      const least = served.reduce((least, one) => (compareOpen(one, least) < 0 ? one : least));
      if (!this.#show(least, nowMs)) served = served.filter((one) => one !== least);
    }
  }

  #served(nowMs: number): Served[] {
    const served: Served[] = [];
    for (const neighbour of this.#neighbours.values()) {
      // Shown what it holds already, it would ask for nothing and be shown nothing more.
      if (neighbour.weChoke || !neighbour.introduced) continue;
      const shown = this.#shown.get(neighbour.id);
      if (shown === undefined) continue;
      const waits = this.#hasCopiers(neighbour, nowMs) && nowMs - shown.lastFetchMs <= PATIENCE_MS;
      const open = shown.pending.size + (waits ? shown.sent.size + shown.unspread.size : 0);
      served.push({ neighbour, shown, open });
    }
    return served;
  }

  /** Returns whether there was a chunk to show. */
  #show(one: Served, nowMs: number): boolean {
    const { neighbour, shown } = one;
    const index = this.#fewestCopies(neighbour);
    if (index === undefined) return false;
    if (one.open >= OPEN_CHUNKS_MAX && this.#callbacks.copies(index) + this.#offers[index]! > 0) return false;
    neighbour.told.add(index);
    this.#open(shown, index);
    one.open++;
    neighbour.send({ type: 'have', index }, nowMs);
    return true;
  }

  #open(shown: Shown, index: number): void {
    shown.pending.set(index, this.#context.clock.now());
    this.#pending++;
    this.#offers[index]!++;
  }

  /** Returns whether it was shown and had not been sent. */
  #fulfil(shown: Shown, index: number): boolean {
    if (!shown.pending.delete(index)) return false;
    this.#pending--;
    return true;
  }

  /** Shown all that it seems to lack, and not complete for a while: it may have lost a chunk, or claimed too much. */
  #doubt(neighbour: Neighbour): void {
    const { told, theirs } = neighbour;
    const shown = this.#shown.get(neighbour.id);
    if (shown === undefined || told.complete || told.size + theirs.size < told.totalChunks) return;
    const sinceMs = this.#context.clock.now() - HOLDERS_GAP_MS;
    // What it was shown long ago and does not ask for although it may, it has from somebody else.
    const isOpen = (shownMs: number) => !neighbour.interestIsPresumed || shownMs >= sinceMs;
    const isWaiting = shown.lastFetchMs < sinceMs && ![...shown.pending.values()].some(isOpen);
    if (!isWaiting || this.#context.ledger.held.beyond(told, theirs).length > 0) return;
    for (const index of shown.pending.keys()) {
      this.#fulfil(shown, index);
      this.#offers[index]!--;
    }
    this.#callbacks.onDoubt(neighbour);
  }

  /** Nobody fetches anything: the uplink stands still until what was shown a moment ago is requested. */
  #isIdle(): boolean {
    for (const { serving, blocked, connection } of this.#neighbours.values())
      if (blocked || serving.length > 0 || connection.bufferedBytes > 0) return false;
    return true;
  }

  /** Whether there is another neighbour that gets on, and may copy what this one has fetched. */
  #hasCopiers(neighbour: Neighbour, nowMs: number): boolean {
    const other = this.#lively.find(({ id }) => id !== neighbour.id && this.#shown.has(id));
    return other !== undefined && nowMs - other.atMs <= STANDSTILL_MS;
  }

  #noteLively({ id }: Neighbour): void {
    const others = this.#lively.filter((lively) => lively.id !== id);
    this.#lively = [{ id, atMs: this.#context.clock.now() }, ...others.slice(0, 1)];
  }

  #fewestCopies({ told, theirs }: Neighbour): number | undefined {
    let best: number | undefined;
    let bestCopies = Infinity;
    let ties = 0;
    for (let index = 1; index <= told.totalChunks; index++) {
      const copies = this.#callbacks.copies(index) + this.#offers[index]!;
      if (copies > bestCopies || told.has(index) || theirs.has(index)) continue;
      ties = copies < bestCopies ? 1 : ties + 1;
      bestCopies = copies;
      if (this.#context.random.int(ties) === 0) best = index;
    }
    return best;
  }

  /** Another full copy exists, or this one is full no longer: everything held is shown to everybody. Idempotent. */
  end(): void {
    if (!this.#active) return;
    this.#active = false;
    this.#shown.clear();
    this.#callbacks.onEnd();
  }
}

function compareOpen(one: Served, other: Served): number {
  return one.shown.pending.size - other.shown.pending.size || one.open - other.open;
}
