import { StoreError } from '../../../errors.ts';
import type { Body } from '../../../interfaces.ts';
import { chooseUnchoked } from './choker.ts';
import { uploadPolicies } from '../upload-policies/upload-policies.ts';
import type { ChokeChoice } from '../upload-policies/upload-policy.ts';
import type { Request } from '../../../protocol/messages.ts';
import type { PeerContext } from '../../context.ts';
import { IdleSlots } from './idle-slots.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';
import type { Neighbourhood } from '../neighbours/neighbourhood.ts';
import { bitsIn } from '../neighbours/slot-set.ts';
import { Turns } from './turns.ts';
import { UntoldCopies } from './untold-copies.ts';

/** Requests that one neighbour may have waiting; more are rejected. */
const QUEUE_MAX = 256;
/** So long others come first, unless it is heard of. */
const REST_MS = 10_000;
/** Rounds after which those who had enough are tried again: others may no longer bring them what they lack. */
const ENOUGH_ROUNDS = 3;

export interface UploaderCallbacks {
  /** The last byte of a chunk has been handed to the neighbour's connection. */
  onSent(neighbour: Neighbour, index: number): void;
  /** How many neighbours hold a chunk. */
  readonly copies: (index: number) => number;
  /** It is going to be told that it may ask. */
  onUnchoke(neighbour: Neighbour): void;
  /** It may not ask any more; what is being sent is finished. */
  onChoke(neighbour: Neighbour): void;
}

/** Serves the neighbours: who is unchoked, and the chunks that they requested, the rarest first. */
export class Uploader {
  readonly #context: PeerContext;
  readonly #neighbours: Neighbourhood;
  readonly #callbacks: UploaderCallbacks;
  readonly #turns: Turns;
  readonly #idleSlots: IdleSlots;
  readonly #untold = new UntoldCopies();
  #round = 0;
  /** When it began. */
  #roundMs = 0;
  /** Of whom the last round tried by chance. */
  #optimistic: number | undefined;
  #stopped = false;

  constructor(context: PeerContext, neighbours: Neighbourhood, callbacks: UploaderCallbacks) {
    this.#context = context;
    this.#neighbours = neighbours;
    this.#callbacks = callbacks;
    const copies = (index: number): number => callbacks.copies(index) + this.#untold.count(index);
    this.#turns = new Turns(context, { copies, onRoom: () => this.#serve() });
    this.#idleSlots = new IdleSlots(context, neighbours, (holders) => this.#free(holders));
  }

  /** Nobody is served any more. */
  stop(): void {
    this.#stopped = true;
    this.#turns.stop();
    this.#idleSlots.stop();
  }

  /** The neighbour has told that it holds a chunk. */
  told(neighbour: Neighbour, index: number): void {
    this.#untold.told(neighbour, index);
  }

  /** A chunk has come to be held: those who lack it may want a slot again. */
  held(index: number): void {
    this.#idleSlots.held(index);
    this.fillSlots();
  }

  left(neighbour: Neighbour): void {
    this.#turns.drop(neighbour);
    this.#untold.left(neighbour);
    this.#idleSlots.left(neighbour);
    this.fillSlots();
    this.#serve();
  }

  /** Once a second: decides anew whom to serve, but lets each that is served have its turn before. */
  tick(): void {
    const nowMs = this.#context.clock.now();
    const served = this.#served();
    const roundMs = served.length * (this.#turns.chunkMs ?? Infinity);
    const isOver =
      nowMs >= this.#roundMs + roundMs || served.some((neighbour) => this.#rests(neighbour, nowMs));
    if (served.length > 0 && !isOver) return;
    this.#roundMs = nowMs;
    this.#rechoke();
  }

  #served(): Neighbour[] {
    const { choked, interested } = this.#neighbours.standing;
    return this.#neighbours.where((at) => interested.words[at]! & ~choked.words[at]!);
  }

  #rechoke(): void {
    this.#round++;
    if (this.#round % ENOUGH_ROUNDS === 0) this.#idleSlots.forget();
    const { choked, interested } = this.#neighbours.standing;
    const concerned = this.#neighbours.where((at) => interested.words[at]! | ~choked.words[at]!);
    const { unchoked, optimistic } = this.#choose(concerned, this.#context.options.uploadSlots);
    this.#optimistic = optimistic;
    let spare = this.#context.options.uploadSlots - unchoked.size;
    for (const neighbour of concerned) {
      if (unchoked.has(neighbour.id)) this.#unchoke(neighbour);
      // A neighbour that is not interested at the moment keeps a slot that nobody else wants: it can continue at once.
      else if (neighbour.weChoke || neighbour.theyAreInterested || spare-- <= 0) this.#choke(neighbour);
    }
    this.#idleSlots.look();
  }

  /** Gives slots that are free, or held by who does not want them, to those who wait. Nobody else loses one. */
  fillSlots(): void {
    if (this.#stopped) return;
    const { uploadSlots } = this.#context.options;
    const { present, standing } = this.#neighbours;
    const { choked, interested } = standing;
    let wanted = 0;
    let used = 0;
    for (let at = 0; at < present.words.length; at++) {
      const interestedHere = present.words[at]! & interested.words[at]!;
      wanted += bitsIn(interestedHere & choked.words[at]!);
      used += bitsIn(interestedHere & ~choked.words[at]!);
    }
    if (wanted === 0) return;
    if (used >= uploadSlots) return this.#idleSlots.look();
    const waiting = this.#neighbours.where((at) => choked.words[at]! & interested.words[at]!);
    const { unchoked } = this.#choose(waiting, uploadSlots - used);
    const idle = this.#neighbours.where((at) => ~choked.words[at]! & ~interested.words[at]!);
    const excess = used + idle.length + unchoked.size - uploadSlots;
    for (const neighbour of idle.slice(0, Math.max(0, excess))) this.#choke(neighbour);
    for (const neighbour of waiting) if (unchoked.has(neighbour.id)) this.#unchoke(neighbour);
    this.#idleSlots.look();
  }

  /** They make no use of their slots, and others wait. */
  #free(holders: readonly Neighbour[]): void {
    for (const holder of holders) this.#choke(holder);
    this.fillSlots();
  }

  #choose(among: readonly Neighbour[], slots: number): ChokeChoice {
    const { clock, ledger, options, random } = this.#context;
    const nowMs = clock.now();
    const candidates = among.map((neighbour) => ({
      id: neighbour.id,
      interested: neighbour.theyAreInterested,
      unchoked: !neighbour.weChoke,
      optimistic: neighbour.id === this.#optimistic,
      receivedBytesPerSec: neighbour.received.bytesPerSec(nowMs),
      sentBytes: neighbour.sentBytes,
      resting: this.#idleSlots.hadEnough(neighbour) || this.#rests(neighbour, nowMs),
    }));
    const situation = { slots, seeding: ledger.complete, round: this.#round };
    return chooseUnchoked(uploadPolicies[options.uploadPolicy], candidates, situation, random);
  }

  request(neighbour: Neighbour, { index, offset = 0 }: Request): void {
    const { ledger, store } = this.#context;
    const info = ledger.held.has(index) ? store.info(index) : undefined;
    this.#noteUse(neighbour);
    if (neighbour.weChoke) this.#reject(neighbour, index, 'choked');
    else if (info === undefined || (offset > 0 && offset >= info.bytes)) {
      this.#reject(neighbour, index, 'not-held');
    } else if (neighbour.serving.length >= QUEUE_MAX) this.#reject(neighbour, index, 'overload');
    else {
      neighbour.serving.push({ index, offset, begun: false, passed: 0, chunkBytes: info.bytes });
      if (neighbour.serving.length === 1) this.pump(neighbour);
    }
  }

  /** Also of one that comes too late: it tells how far away the neighbour is. */
  #noteUse(neighbour: Neighbour): void {
    if (neighbour.unusedSinceMs === undefined) return;
    const afterMs = this.#context.clock.now() - neighbour.unusedSinceMs;
    const isPrompt = neighbour.weChoke || afterMs <= neighbour.usePatience.limitMs;
    neighbour.usePatience.heard(afterMs);
    if (isPrompt) this.#idleSlots.used(neighbour, afterMs);
    neighbour.unusedSinceMs = undefined;
  }

  cancel(neighbour: Neighbour, index: number): void {
    const at = neighbour.serving.findIndex((chunk) => chunk.index === index);
    if (at === -1) return;
    const [cancelled] = neighbour.serving.splice(at, 1);
    // A turn that ends early tells nothing of the uplink; that of the chunk before may be going on.
    if (cancelled!.begun) this.#turns.drop(neighbour);
    this.#reject(neighbour, index, 'cancelled');
    if (at === 0) this.pump(neighbour);
  }

  /** Goes on with what the neighbour is being sent, or lets it wait for its turn. */
  pump(neighbour: Neighbour): void {
    if (this.#turns.has(neighbour)) this.#continue(neighbour);
    else if (neighbour.serving.length > 0) this.#turns.wait(neighbour);
    else this.#turns.drop(neighbour);
    this.#serve();
  }

  /** Begins with what there is room for. */
  #serve(): void {
    for (let next = this.#turns.next(); next !== undefined; next = this.#turns.next()) {
      this.#send(next);
      this.#endTurn(next);
    }
  }

  #continue(neighbour: Neighbour): void {
    if (neighbour.blocked) return;
    const [chunk] = neighbour.serving;
    if (chunk?.begun === true) {
      const { bufferedBytes } = neighbour.connection;
      this.#turns.progress(neighbour, chunk.chunkBytes - chunk.offset + bufferedBytes);
      if (!this.#turns.has(neighbour)) return;
      this.#send(neighbour);
    }
    this.#endTurn(neighbour);
  }

  #endTurn(neighbour: Neighbour): void {
    if (neighbour.blocked) return;
    this.#turns.end(neighbour);
    if (neighbour.serving.length > 0) return this.#turns.wait(neighbour);
    neighbour.idleSinceMs = this.#context.clock.now();
    this.#idleSlots.look();
  }

  /** Sends parts of one chunk until the connection has enough; goes on when it has drained. */
  #send(neighbour: Neighbour): void {
    const { connection, serving } = neighbour;
    for (let chunk = serving[0]; chunk !== undefined && !neighbour.blocked; chunk = serving[0]) {
      const { index, offset, chunkBytes } = chunk;
      const bytes = Math.min(connection.blockBytes, chunkBytes - offset);
      const body = this.#read(index, offset, bytes);
      if (body === undefined) {
        serving.shift();
        // Held still, it may be readable later: `not-held` would be believed for good.
        this.#reject(neighbour, index, this.#context.ledger.held.has(index) ? 'overload' : 'not-held');
        continue;
      }
      if (!chunk.begun) this.#untold.sent(neighbour, index);
      chunk.offset += bytes;
      chunk.begun = true;
      if (chunk.offset === chunkBytes) serving.shift();
      neighbour.sentBytes += bytes;
      const part = { type: 'chunk', index, offset, chunkBytes, body } as const;
      const nowMs = this.#context.clock.now();
      neighbour.blocked = !neighbour.send(part, nowMs);
      if (!neighbour.blocked) neighbour.lastServedMs = nowMs;
      if (chunk.offset === chunkBytes) return this.#callbacks.onSent(neighbour, index);
    }
  }

  drained(neighbour: Neighbour): void {
    neighbour.blocked = false;
    const nowMs = this.#context.clock.now();
    neighbour.takePatience.heard(nowMs - neighbour.lastServedMs);
    neighbour.lastServedMs = nowMs;
    this.pump(neighbour);
  }

  #rests(neighbour: Neighbour, nowMs: number): boolean {
    const { weChoke, serving, blocked, lastServedMs, lastReceivedMs } = neighbour;
    // Most of those who are asked about are choked, and have not rested lately.
    if (weChoke && neighbour.rest === undefined) return false;
    const patience = serving.length > 0 || blocked ? neighbour.takePatience : neighbour.usePatience;
    const isIdle =
      !weChoke &&
      !this.#turns.waits(neighbour) &&
      nowMs - Math.max(lastServedMs, lastReceivedMs) > patience.limitMs;
    if (isIdle && (neighbour.rest === undefined || neighbour.rest.untilMs <= nowMs)) patience.struck();
    if (isIdle) neighbour.rest = { sinceMs: nowMs, untilMs: nowMs + REST_MS };
    const { rest } = neighbour;
    return rest !== undefined && nowMs < rest.untilMs && lastReceivedMs <= rest.sinceMs;
  }

  #read(index: number, offset: number, bytes: number): Body | undefined {
    try {
      return this.#context.store.read(index, offset, bytes);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#context.ledger.unreadable(index, error);
      return undefined;
    }
  }

  #unchoke(neighbour: Neighbour): void {
    if (!neighbour.weChoke) return;
    const nowMs = this.#context.clock.now();
    neighbour.weChoke = false;
    neighbour.idleSinceMs = nowMs;
    neighbour.lastServedMs = nowMs;
    neighbour.unusedSinceMs ??= nowMs;
    this.#callbacks.onUnchoke(neighbour);
    neighbour.send({ type: 'unchoke' }, nowMs);
  }

  /** The chunk that is being sent is finished, so that no byte was sent in vain; the others are rejected. */
  #choke(neighbour: Neighbour): void {
    if (neighbour.weChoke) return;
    neighbour.weChoke = true;
    neighbour.send({ type: 'choke' }, this.#context.clock.now());
    const begunCount = neighbour.serving[0]?.begun === true ? 1 : 0;
    for (const { index } of neighbour.serving.splice(begunCount)) this.#reject(neighbour, index, 'choked');
    const isSent = neighbour.blocked && this.#turns.has(neighbour);
    if (begunCount === 0 && !isSent) this.#turns.drop(neighbour);
    this.#callbacks.onChoke(neighbour);
  }

  #reject(
    neighbour: Neighbour,
    index: number,
    reason: 'choked' | 'not-held' | 'cancelled' | 'overload',
  ): void {
    // It believes that until the chunk is shown anew.
    if (reason === 'not-held') neighbour.told.delete(index);
    neighbour.send({ type: 'reject', index, reason }, this.#context.clock.now());
  }
}
