/** How many copies of the rarest chunk the swarm held: 0 means that a chunk was lost, at least for a while. */
import { ChunkSet } from '../../core/chunk-set.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { Plan } from '../plan/plan.ts';
import type { AvailabilityFigures } from '../result/result.ts';
import type { EventFold } from './event-fold.ts';
import { plannedChunks } from './initial-chunks.ts';

/** By the name of each peer of the plan. */
export type Initial = ReadonlyMap<string, ChunkSet>;

const COUNTED: ReadonlySet<SwarmEvent['type']> = new Set([
  'peer-joined',
  'peer-left',
  'peer-crashed',
  'chunk-received',
]);

/** Counts the chunks of the peers that are present. */
export class AvailabilityFold implements EventFold {
  readonly #plan: Plan;
  /** Undefined while it is not known what each peer held at the start: that of given folders is, after the run. */
  readonly #count: CopyCount | undefined;
  readonly #uncounted: SwarmEvent[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
    const initial = plan.peers.map((peer) => [peer.name, plannedChunks(plan, peer)] as const);
    if (initial.every((entry): entry is [string, ChunkSet] => entry[1] !== undefined)) {
      this.#count = new CopyCount(plan.content.totalChunks, new Map(initial));
    }
  }

  see(event: SwarmEvent): void {
    if (!COUNTED.has(event.type)) return;
    if (this.#count === undefined) this.#uncounted.push(event);
    else this.#count.see(event);
  }

  /**
   * Over the time from the first instant when every chunk had a holder to the end of the period. null when there was
   * no such instant, or what a peer held at the start is not known.
   */
  result(initial: Initial, periodMs: number): AvailabilityFigures | null {
    const { peers, content } = this.#plan;
    if (peers.some(({ name }) => !initial.has(name))) return null;
    if (this.#count !== undefined) return this.#count.until(periodMs);
    const count = new CopyCount(content.totalChunks, initial);
    for (const event of this.#uncounted) count.see(event);
    return count.until(periodMs);
  }
}

class CopyCount implements EventFold {
  readonly #initial: Initial;
  readonly #held: ReadonlyMap<string, { chunks: ChunkSet }>;
  readonly #present = new Set<string>();
  readonly #copies: Copies;
  #min: number | null = null;
  /** Whenever it changed. */
  readonly #history: (AvailabilityFigures & { readonly atMs: number })[] = [];

  constructor(totalChunks: number, initial: Initial) {
    this.#initial = initial;
    this.#held = new Map([...initial].map(([name, chunks]) => [name, { chunks: copyOf(chunks) }]));
    this.#copies = new Copies(totalChunks);
  }

  see(event: SwarmEvent): void {
    const held = this.#held.get(event.peer);
    if (held === undefined) return;
    if (event.type === 'peer-joined') this.#join(event.peer, event.heldChunks, held);
    else if (event.type === 'peer-left' || event.type === 'peer-crashed') this.#leave(event.peer, held);
    else if (event.type === 'chunk-received' && held.chunks.add(event.index)) {
      if (this.#present.has(event.peer)) this.#copies.add(event.index);
    }
    const end = this.#copies.ofRarest;
    if (this.#min === null && end === 0) return;
    this.#min = Math.min(this.#min ?? Infinity, end);
    const last = this.#history.at(-1);
    if (last?.min !== this.#min || last.end !== end) {
      this.#history.push({ atMs: event.atMs, min: this.#min, end });
    }
  }

  until(periodMs: number): AvailabilityFigures | null {
    const last = this.#history.findLast(({ atMs }) => atMs <= periodMs);
    return last === undefined ? null : { min: last.min, end: last.end };
  }

  #join(peer: string, heldChunks: number, held: { chunks: ChunkSet }): void {
    if (this.#present.has(peer)) return;
    const initial = this.#initial.get(peer)!;
    // It came back without what it had received; otherwise at most the last moments before a kill are missing.
    if (heldChunks < held.chunks.size && heldChunks === initial.size) held.chunks = copyOf(initial);
    this.#present.add(peer);
    for (const index of held.chunks) this.#copies.add(index);
  }

  #leave(peer: string, { chunks }: { readonly chunks: ChunkSet }): void {
    if (!this.#present.delete(peer)) return;
    for (const index of chunks) this.#copies.remove(index);
  }
}

function copyOf(set: ChunkSet): ChunkSet {
  return ChunkSet.fromBits(set.toBits(), set.totalChunks)!;
}

/** Copies of each chunk, and of the rarest without looking at all. */
class Copies {
  readonly #counts: number[];
  /** How many chunks have so many copies, by that number. */
  readonly #chunksWith: number[];
  #rarest = 0;

  constructor(totalChunks: number) {
    this.#counts = new Array<number>(totalChunks).fill(0);
    this.#chunksWith = [totalChunks];
  }

  get ofRarest(): number {
    return this.#rarest;
  }

  add(index: number): void {
    this.#move(index, 1);
    while (this.#chunksWith[this.#rarest] === 0) this.#rarest++;
  }

  remove(index: number): void {
    this.#rarest = Math.min(this.#rarest, this.#move(index, -1));
  }

  #move(index: number, by: 1 | -1): number {
    const before = this.#counts[index - 1]!;
    const after = before + by;
    this.#counts[index - 1] = after;
    this.#chunksWith[before] = (this.#chunksWith[before] ?? 0) - 1;
    this.#chunksWith[after] = (this.#chunksWith[after] ?? 0) + 1;
    return after;
  }
}
