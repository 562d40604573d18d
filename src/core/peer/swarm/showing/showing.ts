import type { SwarmMessage } from '../../../protocol/messages.ts';
import { HAVE_MANY_MAX } from '../../../protocol/swarm/limits.ts';
import type { PeerContext } from '../../context.ts';
import type { Holders } from '../neighbours/holders.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';
import type { Neighbourhood } from '../neighbours/neighbourhood.ts';
import { Throttle } from './throttle.ts';

/** Chunks that come in quicker succession are shown together: each message costs every neighbour's thread an event. */
const SERVED_GAP_MS = 20;
/**
 * Who is choked can ask for nothing: it needs to know only what is rare and whether it is interested. Several chunks
 * are told of sooner than a few.
 */
const CHOKED_GAP_MS = 500;
const CHOKED_GAP_FEW_MS = 3000;
const FEW_CHUNKS = 5;
/** Who holds a chunk has no use for it, unless it comes to lose it, or does not hold what it has shown. */
export const HOLDERS_GAP_MS = 10_000;

/**
 * Shows the neighbours what is held: at once to those who are served and lack it, after a while to those who are
 * choked, and last to those who hold it themselves. Whoever is unchoked is to be shown the rest first, by `tell`.
 */
export class Showing {
  readonly #context: PeerContext;
  readonly #neighbours: Neighbourhood;
  readonly #holders: Holders;
  /** What has come to be held since all who lack it were told last. */
  #fresh: number[] = [];
  readonly #served: Throttle;
  readonly #choked: Throttle;
  readonly #rest: Throttle;

  constructor(context: PeerContext, neighbours: Neighbourhood, holders: Holders) {
    this.#context = context;
    this.#neighbours = neighbours;
    this.#holders = holders;
    this.#served = new Throttle(context, SERVED_GAP_MS, () => this.#tellServed());
    this.#choked = new Throttle(context, CHOKED_GAP_MS, () => this.#tellLacking());
    this.#rest = new Throttle(context, HOLDERS_GAP_MS, () => this.#tellAll());
  }

  /** A chunk has come to be held. */
  held(index: number): void {
    if (this.#context.ledger.complete) return this.#rest.now();
    this.#fresh.push(index);
    this.#served.soon();
    this.#choked.soon(this.#fresh.length > FEW_CHUNKS ? CHOKED_GAP_MS : CHOKED_GAP_FEW_MS);
    this.#rest.later();
  }

  /** After a while everybody is shown everything that is held, even what it claims to hold. */
  doubtLater(): void {
    this.#rest.later();
  }

  /** Of everything that is held, even what it claims to hold: it may have lost it, or claimed too much. */
  tellAllTo(neighbour: Neighbour): void {
    this.#send(neighbour, this.#context.ledger.held.beyond(neighbour.told));
  }

  /** Of everything that is held and that the neighbour, for all we know, is not told of and lacks. */
  tell(neighbour: Neighbour): void {
    const { held } = this.#context.ledger;
    // Who hides what it holds wants to know what becomes of what it has sent.
    const isHiding = neighbour.wantsNothing;
    this.#send(neighbour, held.beyond(neighbour.told, isHiding ? neighbour.told : neighbour.theirs));
  }

  stop(): void {
    for (const throttle of [this.#served, this.#choked, this.#rest]) throttle.cancel();
  }

  /** Who hides what it holds is told as soon as those who are served. */
  #tellServed(): void {
    const { choked, hiding } = this.#neighbours.standing;
    for (const neighbour of this.#neighbours.where((at) => ~choked.words[at]! | hiding.words[at]!)) {
      this.tell(neighbour);
    }
  }

  /** Those who hold all that is new have nothing to be told. */
  #tellLacking(): void {
    const fresh = this.#fresh;
    this.#fresh = [];
    const { hiding } = this.#neighbours.standing;
    const lacking = this.#neighbours.where((at) => {
      let word = hiding.words[at]!;
      for (const index of fresh) word |= ~this.#holders.word(index, at);
      return word;
    });
    for (const neighbour of lacking) this.tell(neighbour);
  }

  #tellAll(): void {
    this.#fresh = [];
    for (const neighbour of this.#neighbours.values()) this.tellAllTo(neighbour);
  }

  /** In as few messages as the protocol allows. */
  #send(neighbour: Neighbour, indices: readonly number[]): void {
    if (indices.length === 0) return;
    for (const index of indices) neighbour.told.add(index);
    const nowMs = this.#context.clock.now();
    if (indices.length === 1) neighbour.send({ type: 'have', index: indices[0]! }, nowMs);
    else if (indices.length <= HAVE_MANY_MAX) neighbour.send({ type: 'have-many', indices }, nowMs);
    else for (const message of manyHaves(indices)) neighbour.send(message, nowMs);
  }
}

function manyHaves(indices: readonly number[]): SwarmMessage[] {
  const messages: SwarmMessage[] = [];
  for (let at = 0; at < indices.length; at += HAVE_MANY_MAX) {
    messages.push({ type: 'have-many', indices: indices.slice(at, at + HAVE_MANY_MAX) });
  }
  return messages;
}
