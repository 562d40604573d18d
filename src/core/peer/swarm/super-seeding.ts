import type { PeerContext } from '../context.ts';
import type { Neighbour } from './neighbour.ts';

/** Chunks shown to one neighbour that nobody else has from it yet: so many… */
const WINDOW_CHUNKS_FIRST = 4;
/**
 * …and of chunks that nobody was shown before twice as many whenever all that was shown has been sent, and it took
 * so long that the neighbours must be far away.
 */
const WINDOW_CHUNKS_MAX = 64;
const FAR_MS = 100;
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
  lastFetchMs: number;
}

export interface SuperSeedingCallbacks {
  /** How many neighbours hold a chunk. */
  copies(index: number): number;
  /** Nothing is hidden any more. */
  onEnd(): void;
}

/**
 * Super-seeding (after BEP 16): a lone seeder pretends to hold nothing and shows each neighbour a few chunks,
 * those with the fewest copies first; more follow when the neighbour has passed them on. So scarce upload capacity
 * sends every chunk once before it sends any twice. Unlike BEP 16 it never leaves a neighbour idle for longer than
 * a fraction of a second, and shows more to neighbours that are far away, so a fast seeder is not held back.
 */
export class SuperSeeding {
  readonly #context: PeerContext;
  readonly #neighbours: ReadonlyMap<number, Neighbour>;
  readonly #callbacks: SuperSeedingCallbacks;
  readonly #shown = new Map<number, Shown>();
  /** How many neighbours have been shown chunk i and have not told yet that they hold it. */
  readonly #offers: Uint16Array;
  #window = WINDOW_CHUNKS_FIRST;
  /** The two neighbours that came or told of a chunk last. */
  #lively: readonly Lively[] = [];
  #active: boolean;

  constructor(
    context: PeerContext,
    neighbours: ReadonlyMap<number, Neighbour>,
    callbacks: SuperSeedingCallbacks,
  ) {
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
      lastFetchMs,
    });
    this.#noteLively(neighbour);
  }

  /** The neighbour's bitfield is known: what it holds need not be shown. */
  introduced(neighbour: Neighbour): void {
    if (!this.#active) return;
    if (neighbour.theirs.complete && this.#context.options.superSeeding === 'auto') this.end();
    else this.#offer(neighbour);
  }

  /** The last byte of a chunk has been handed to the neighbour's connection. */
  sent(neighbour: Neighbour, index: number): void {
    const shown = this.#shown.get(neighbour.id);
    const shownMs = shown?.pending.get(index);
    if (!this.#active || shown === undefined || shownMs === undefined) return;
    shown.pending.delete(index);
    shown.sent.add(index);
    const isFar = this.#context.clock.now() - shownMs > FAR_MS;
    if (isFar && this.#isIdle()) this.#window = Math.min(2 * this.#window, WINDOW_CHUNKS_MAX);
    this.#offer(neighbour);
  }

  /** A neighbour tells that it holds a chunk now. */
  has(neighbour: Neighbour, index: number): void {
    if (!this.#active) return;
    this.#noteLively(neighbour);
    const shown = this.#shown.get(neighbour.id);
    if (shown && (shown.pending.delete(index) || shown.sent.delete(index))) {
      this.#offers[index]!--;
      shown.lastFetchMs = this.#context.clock.now();
      if (this.#callbacks.copies(index) < 2) shown.unspread.add(index);
    }
    for (const [id, other] of this.#shown) {
      if (id !== neighbour.id && other.unspread.delete(index)) this.#offer(this.#neighbours.get(id)!);
    }
    if (neighbour.theirs.complete && this.#context.options.superSeeding === 'auto') this.end();
    else this.#offer(neighbour);
  }

  /** It wants nothing, and so will copy nothing from others. */
  unconcerned({ id }: Neighbour): void {
    this.#lively = this.#lively.filter((lively) => lively.id !== id);
  }

  left(neighbour: Neighbour): void {
    const shown = this.#shown.get(neighbour.id);
    this.#shown.delete(neighbour.id);
    for (const index of [...(shown?.pending.keys() ?? []), ...(shown?.sent ?? [])]) this.#offers[index]!--;
  }

  /** Several times a second. */
  tick(): void {
    if (!this.#active) return;
    for (const neighbour of this.#neighbours.values()) this.#offer(neighbour);
  }

  #offer(neighbour: Neighbour): void {
    const shown = this.#shown.get(neighbour.id);
    // Shown what it holds already, it would ask for nothing and be shown nothing more.
    if (shown === undefined || !neighbour.introduced) return;
    const nowMs = this.#context.clock.now();
    const waitsForNobody = !this.#hasCopiers(neighbour, nowMs) || nowMs - shown.lastFetchMs > PATIENCE_MS;
    let open = shown.pending.size + (waitsForNobody ? 0 : shown.sent.size + shown.unspread.size);
    for (; open < this.#window; open++) {
      const index = this.#fewestCopies(neighbour);
      if (index === undefined) return;
      if (open >= WINDOW_CHUNKS_FIRST && this.#callbacks.copies(index) + this.#offers[index]! > 0) return;
      neighbour.told.add(index);
      shown.pending.set(index, nowMs);
      this.#offers[index]!++;
      neighbour.send({ type: 'have', index }, nowMs);
    }
  }

  /** Nobody fetches anything: the uplink stands still until what was shown a moment ago is requested. */
  #isIdle(): boolean {
    for (const { serving, blocked } of this.#neighbours.values())
      if (blocked || serving.length > 0) return false;
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
