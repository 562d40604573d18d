/** How many copies of the rarest chunk the swarm held: 0 means that a chunk was lost, at least for a while. */
import type { Evidence } from './observations.ts';
import type { AvailabilityFigures } from '../result/result.ts';

/**
 * Counts the chunks of the peers that are present, over the time from the first instant when every chunk had a holder
 * to the end of the period. null when there was no such instant, or what a peer held at the start is not known.
 */
export function availabilityFigures(evidence: Evidence, periodMs: number): AvailabilityFigures | null {
  const { plan, record, initial } = evidence;
  if (plan.peers.some(({ name }) => !initial.has(name))) return null;
  const copies = new Copies(record.chunkBytes.length);
  const held = new Map(plan.peers.map(({ name }) => [name, new Set(initial.get(name))]));
  const present = new Set<string>();
  let min: number | null = null;
  for (const event of record.events) {
    const chunks = held.get(event.peer);
    if (chunks === undefined || event.atMs > periodMs) continue;
    if (event.type === 'peer-joined' && !present.has(event.peer)) {
      // It came back without what it had received; otherwise at most the last moments before a kill are missing.
      if (event.heldChunks < chunks.size && event.heldChunks === initial.get(event.peer)!.size) {
        chunks.clear();
        for (const index of initial.get(event.peer)!) chunks.add(index);
      }
      present.add(event.peer);
      for (const index of chunks) copies.add(index);
    } else if (event.type === 'chunk-received' && !chunks.has(event.index)) {
      chunks.add(event.index);
      if (present.has(event.peer)) copies.add(event.index);
    } else if ((event.type === 'peer-left' || event.type === 'peer-crashed') && present.delete(event.peer)) {
      for (const index of chunks) copies.remove(index);
    }
    if (min !== null || copies.ofRarest > 0) min = Math.min(min ?? Infinity, copies.ofRarest);
  }
  return min === null ? null : { min, end: copies.ofRarest };
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
