import { addressKey } from '../../address.ts';
import { ADDRESSES_MAX, BoundedMap } from '../../bounded-map.ts';
import { assertNever, StoreError } from '../../errors.ts';
import type { SwarmEvent, Untold } from '../../events.ts';
import type { Address, Clock, EventSink, Random, Timer, Transport } from '../../interfaces.ts';
import { pick } from '../../random.ts';
import type { Offence } from '../bans.ts';
import type { Ledger } from '../ledger.ts';
import { PatienceByAddress } from '../patience-by-address.ts';
import { SpecEndGame } from './end-game.ts';
import { Fetch, IDLE_TIMEOUT_MS, type FetchOutcome } from './fetch.ts';
import { HolderBackOff } from './holder-back-off.ts';
import type { Holder, Running, Task } from './task.ts';

/** When a chunk is on its way by other means, or all its holders are busy with strangers: look again after. */
const LOOK_AGAIN_MS = 1000;
/** The disk could not take a chunk: the next try comes after this. */
const STORE_RETRY_MS = 5000;
/** Older knowledge of who holds a chunk is asked for again before the chunk is, where that is cheap. */
const FRESH_MS = 100;
/** Chunks that are looked at before one is chosen, so that a choice stays cheap among very many. */
const EXAMINED_MAX = 256;
/** Different chunks from different holders at a time. */
const PARALLEL_DEFAULT = 4;

export interface SpecFetcherComponents {
  readonly clock: Clock;
  readonly random: Random;
  readonly transport: Transport;
  readonly events: EventSink;
  readonly ledger: Ledger;
}

export interface SpecFetcherOptions {
  readonly name: string;
  /** Where this peer listens: it never asks itself. */
  readonly own: Address;
  /** Different chunks on their way at a time, each from another holder. ≥ 1, default 4. */
  readonly parallel?: number;
}

export interface SpecFetcherCallbacks {
  /** Nobody of those who were offered could give the chunk: ask the tracker again. */
  onExhausted(index: number): void;
  /**
   * Before a chunk is asked of holders who were told a while ago: there may be more of them now, so that the first
   * is not asked by everybody. Returns whether they will be offered anew; the chunk waits for that. Default: no.
   */
  refresh?(index: number): boolean;
  /** Whether nothing is asked of this holder any more. */
  isBanned(address: Address): boolean;
  /** It sent a chunk whose hash is not the agreed one. */
  ban(address: Address, offence: Offence, reason: string): void;
}

/**
 * Downloads chunks from spec peers, one chunk a connection, at most one connection to a holder at a time (some
 * serve one at a time), as docs/protocol.md says.
 *
 * With an agreed hash only the agreed content is accepted, and who sends another is banned. Without one (the plain
 * edition, unless the swarm protocol has agreed) nothing tells the right content: whatever a listed holder sends
 * until it closes is the chunk. Two things are not believed: nothing at all, and a line such as `CHUNK_NOT_FOUND`.
 * So a plain chunk of 0 bytes cannot be had, unless its size is known to be 0. A stream that broke off is dropped. A
 * chunk (not the last) that is shorter or longer than all those held, if these are of one size, is doubted: it is
 * dropped, and believed when a second transfer, from another holder if there is one, ends in order after as many bytes.
 * A chunk whose first four bytes say how many follow is asked of everybody
 * else who is listed; when all do so, those four bytes are dropped.
 * A holder that sends wrong content of a likely size is not found out; nor is one that dies, in good order, in the
 * middle of the last chunk, or of the first chunk of an empty folder.
 */
export class SpecFetcher {
  readonly #components: SpecFetcherComponents;
  readonly #options: SpecFetcherOptions;
  readonly #callbacks: SpecFetcherCallbacks;
  readonly #tasks = new Map<number, Task>();
  /** Under way; two of one chunk in the end-game. */
  readonly #fetches = new Set<Running>();
  readonly #backOff: HolderBackOff;
  readonly #endGame = new SpecEndGame();
  /** How long the first bytes of a holder are waited for, and those that follow. */
  readonly #answers = new PatienceByAddress(IDLE_TIMEOUT_MS);
  readonly #gaps = new PatienceByAddress(IDLE_TIMEOUT_MS);
  readonly #sizes = new Set<number>();
  #usualBytes = 0;
  /** Sizes after which doubtful transfers of a chunk ended. */
  readonly #doubts = new Map<number, Set<number>>();
  /** Holders that sent a chunk with its length before it, by chunk. */
  readonly #prefixed = new Map<number, BoundedMap<string, true>>();
  /** Holders that are known to put the length before every chunk. */
  readonly #prefixers = new BoundedMap<string, true>(ADDRESSES_MAX);
  /** Chunks that will be offered anew before they are fetched. */
  readonly #refreshing = new Set<number>();
  #refreshTimer: Timer | undefined;
  #timer: Timer | undefined;
  #storeRetryMs = -Infinity;
  #stopped = false;

  constructor(
    components: SpecFetcherComponents,
    options: SpecFetcherOptions,
    callbacks: SpecFetcherCallbacks,
  ) {
    this.#components = components;
    this.#options = options;
    this.#callbacks = callbacks;
    this.#backOff = new HolderBackOff(components.clock);
    for (const index of components.ledger.held) this.#learnSize(index);
    components.ledger.onHeld((index) => this.#held(index));
  }

  /** These hold the chunk, as the tracker says; `hash` is the agreed one if it told that too. */
  offer(index: number, hash: string | undefined, holders: readonly Address[]): void {
    if (this.#stopped || !this.#components.ledger.needs(index)) return;
    const own = addressKey(this.#options.own);
    const others = holders
      .map((address) => ({ address, key: addressKey(address) }))
      .filter(({ key }) => key !== own);
    const task = { index, hash, holders: others, offeredMs: this.#components.clock.now() };
    this.#tasks.set(index, task);
    // It was chosen already, and waited only for this.
    if (this.#refreshing.delete(index)) this.#beginNow(task);
    this.#pump();
  }

  /** Drops what is on its way and asks for nothing more. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#refreshTimer?.cancel();
    this.#tasks.clear();
    this.#stopFetches(() => true);
  }

  #stopFetches(which: (running: Running) => boolean): void {
    const stopped = [...this.#fetches].filter(which);
    for (const running of stopped) this.#fetches.delete(running);
    for (const { fetch } of stopped) fetch.stop();
  }

  #held(index: number): void {
    this.#stopFetches((running) => running.index === index && !running.fetch.download.over);
    this.#learnSize(index);
    this.#tasks.delete(index);
    this.#refreshing.delete(index);
    this.#doubts.delete(index);
    this.#prefixed.delete(index);
    this.#pump();
  }

  /** Begins as many fetches as may be under way. */
  #pump(): void {
    this.#timer?.cancel();
    const parallel = this.#options.parallel ?? PARALLEL_DEFAULT;
    while (
      !this.#stopped &&
      this.#storeRestMs() <= 0 &&
      this.#fetches.size + this.#refreshing.size < parallel
    ) {
      const choice = this.#choose();
      if (choice === undefined) break;
      if (!this.#refresh(choice.task)) this.#begin(choice.task, choice.holder);
    }
    const restMs = this.#storeRestMs();
    if (this.#stopped) return;
    if (restMs > 0) this.#pumpAfter(restMs);
    else this.#playEndGame();
  }

  #pumpAfter(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#components.clock.setTimer(delayMs, () => this.#pump());
  }

  /** Nothing else is to be asked for: a second holder may bring a chunk by far sooner than the first. */
  #playEndGame(): void {
    const { clock, ledger } = this.#components;
    const parallel = this.#options.parallel ?? PARALLEL_DEFAULT;
    const isFull = this.#fetches.size + this.#refreshing.size >= parallel;
    const mayHelp = [...this.#fetches].some(({ index }) => (this.#tasks.get(index)?.holders.length ?? 0) > 1);
    if (isFull || !mayHelp) return;
    const busy = this.#busyHolders();
    const second = this.#endGame.choose({
      nowMs: clock.now(),
      running: this.#fetches,
      tasks: this.#tasks,
      bytesOf: (index) => ledger.agreed(index)?.bytes ?? this.#usualBytes,
      mayAsk: (holder, index) => !busy.has(holder.key) && this.#mayAsk(holder, index),
    });
    if (second !== undefined) this.#begin(second.task, second.holder);
    this.#pumpAfter(LOOK_AGAIN_MS);
  }

  /** How long the disk is left alone yet, since it could not take a chunk. */
  #storeRestMs(): number {
    return this.#storeRetryMs - this.#components.clock.now();
  }

  #refresh({ index, offeredMs }: Task): boolean {
    const isFresh = this.#components.clock.now() - offeredMs <= FRESH_MS;
    if (isFresh || this.#callbacks.refresh?.(index) !== true) return false;
    this.#refreshing.add(index);
    this.#refreshTimer?.cancel();
    this.#refreshTimer = this.#components.clock.setTimer(LOOK_AGAIN_MS, () => this.#refreshFailed());
    return true;
  }

  /** The tracker does not answer: what it told before must do. */
  #refreshFailed(): void {
    const offeredMs = this.#components.clock.now();
    for (const index of this.#refreshing) {
      const task = this.#tasks.get(index);
      if (task !== undefined) this.#tasks.set(index, { ...task, offeredMs });
    }
    this.#refreshing.clear();
    this.#pump();
  }

  /** The chunk with the fewest holders, one of them at random; those that nobody can give are handed back. */
  #choose(): { task: Task; holder: Holder } | undefined {
    const busy = this.#busyHolders();
    const underWay = new Set([...this.#fetches].map(({ index }) => index));
    const exhausted: number[] = [];
    let best: { task: Task; free: Holder[]; rarity: number }[] = [];
    let waiting = false;
    let examined = 0;
    for (const task of this.#tasks.values()) {
      if (this.#refreshing.has(task.index) || underWay.has(task.index)) continue;
      if (this.#components.ledger.isOnItsWay(task.index)) {
        waiting = true;
        continue;
      }
      if (task.holders.length > 0 && task.holders.every(({ key }) => busy.has(key))) continue;
      if (++examined > EXAMINED_MAX && best.length > 0) break;
      const able = task.holders.filter((holder) => this.#mayAsk(holder, task.index));
      if (able.length === 0) exhausted.push(task.index);
      const free = able.filter(({ key }) => !busy.has(key));
      if (free.length === 0) continue;
      const rarity = best[0]?.rarity ?? Infinity;
      if (able.length < rarity) best = [];
      if (able.length <= rarity) best.push({ task, free, rarity: able.length });
    }
    this.#handBack(exhausted);
    if (waiting) this.#timer = this.#components.clock.setTimer(LOOK_AGAIN_MS, () => this.#pump());
    if (this.#stopped) return undefined;
    const chosen = pick(best, this.#components.random);
    const holder = chosen && pick(chosen.free, this.#components.random);
    return chosen && holder && { task: chosen.task, holder };
  }

  #mayAsk({ address, key }: Holder, index: number): boolean {
    return this.#backOff.mayAsk(key, index) && !this.#callbacks.isBanned(address);
  }

  #handBack(indices: readonly number[]): void {
    for (const index of indices) this.#tasks.delete(index);
    for (const index of indices) this.#callbacks.onExhausted(index);
  }

  #beginNow(task: Task): void {
    if (this.#components.ledger.isOnItsWay(task.index) || this.#storeRestMs() > 0) return;
    const busy = this.#busyHolders();
    const free = task.holders.filter((it) => !busy.has(it.key) && this.#mayAsk(it, task.index));
    const holder = pick(free, this.#components.random);
    if (holder !== undefined) this.#begin(task, holder);
  }

  #busyHolders(): Set<string> {
    return new Set([...this.#fetches].map(({ holder }) => holder));
  }

  #begin({ index, hash: told }: Task, { address: from, key: holder }: Holder): void {
    this.#timer?.cancel();
    const { ledger } = this.#components;
    const { hash = told, bytes } = ledger.agreed(index) ?? {};
    try {
      const download = ledger.begin(index, from, 'spec', hash === undefined ? {} : { hash });
      const fetch = new Fetch(this.#components, from, {
        download,
        hash,
        bytes,
        believes: (received) => this.#believes(index, received),
        usualBytes: this.#usualBytes,
        prefix: hash === undefined ? this.#judgePrefix(index, holder) : 'keep',
        patience: { answer: this.#answers.of(from), next: this.#gaps.of(from) },
        onOutcome: (outcome) => {
          this.#fetches.delete(running);
          if (outcome.kind === 'held') {
            this.#endGame.gave(holder, this.#components.clock.now() - running.begunMs);
          }
          this.#ended(index, from, outcome);
          this.#pump();
        },
      });
      const running = { index, fetch, holder, begunMs: this.#components.clock.now() };
      this.#fetches.add(running);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#ended(index, from, { kind: 'store-failed', error });
    }
  }

  #ended(index: number, from: Address, outcome: FetchOutcome): void {
    const holder = addressKey(from);
    switch (outcome.kind) {
      case 'held':
        this.#backOff.gave(holder, index);
        return;
      case 'corrupt':
        this.#callbacks.ban(from, { index, hash: outcome.hash }, `chunk ${index} is not the agreed content`);
        return;
      case 'absent':
        this.#backOff.lacks(holder, index);
        return;
      case 'doubtful':
        this.#prefixed.get(index)?.delete(holder);
        this.#doubts.set(index, (this.#doubts.get(index) ?? new Set()).add(outcome.bytes));
        this.#backOff.lacks(holder, index);
        return;
      case 'prefixed':
        this.#prefixed.set(index, this.#prefixersOf(index).set(holder, true));
        if (index < this.#components.ledger.totalChunks) this.#prefixers.set(holder, true);
        this.#backOff.lacks(holder, index);
        return;
      case 'refused':
      case 'broken':
        this.#backOff.failed(holder);
        this.#endGame.failed(holder);
        this.#tell({ type: 'connection-failed', address: from, detail: outcome.detail });
        return;
      case 'store-failed':
        this.#storeRetryMs = this.#components.clock.now() + STORE_RETRY_MS;
        this.#tell({ type: 'node-failed', code: outcome.error.code, detail: outcome.error.message });
        return;
      default:
        assertNever(outcome);
    }
  }

  #prefixersOf(index: number): BoundedMap<string, true> {
    return this.#prefixed.get(index) ?? new BoundedMap(ADDRESSES_MAX);
  }

  /** Without a better source, a length before the chunk is dropped if the holder does so as a habit, else content. */
  #judgePrefix(index: number, holder: string): 'doubt' | 'drop' | 'keep' {
    const prefixed = this.#prefixed.get(index);
    if (prefixed?.has(holder) !== true) return 'doubt';
    const others = this.#tasks.get(index)?.holders.filter(({ key }) => !prefixed.has(key)) ?? [];
    if (others.some((other) => this.#mayAsk(other, index))) return 'doubt';
    return this.#prefixers.has(holder) ? 'drop' : 'keep';
  }

  #believes(index: number, bytes: number): boolean {
    if (this.#doubts.get(index)?.has(bytes) === true) return true;
    const { ledger } = this.#components;
    if (ledger.agreed(index)?.bytes === bytes) return true;
    const isLast = index === ledger.totalChunks;
    return isLast || this.#usualBytes === 0 || bytes === this.#usualBytes;
  }

  /** Keeps the size of the held chunks other than the last: while they are of one size, else 0. */
  #learnSize(index: number): void {
    const { ledger } = this.#components;
    const bytes = index === ledger.totalChunks ? undefined : ledger.claim(index)?.bytes;
    if (bytes === undefined) return;
    this.#sizes.add(bytes);
    this.#usualBytes = this.#sizes.size === 1 ? bytes : 0;
  }

  #tell(event: FetcherEvent): void {
    const atMs = this.#components.clock.now();
    this.#components.events.emit({ ...event, atMs, peer: this.#options.name });
  }
}

type FetcherEvent = Untold<Extract<SwarmEvent, { type: 'connection-failed' | 'node-failed' }>>;
