import type { SwarmEvent } from '../../core/events.ts';
import type { EventFold } from './event-fold.ts';

/** One stay of a peer in the swarm; the k-th belongs to the k-th planned session. */
export interface Stay {
  readonly joinMs: number;
  /** When it left or was killed; the end of the run when it stayed. */
  readonly endMs: number;
  readonly end: 'left' | 'crashed' | 'stayed';
  readonly heldChunks: number;
  readonly totalChunks: number;
  /** Also what it had lost before and received again. */
  readonly receivedChunks: number;
}

interface OpenStay extends Omit<Stay, 'endMs' | 'end' | 'receivedChunks'> {
  /** Infinity: it has not ended. */
  endMs: number;
  end: Stay['end'];
  receivedChunks: number;
}

/** When each peer was in the swarm, and when it completed. */
export class Presence implements EventFold {
  readonly #stays = new Map<string, OpenStay[]>();
  readonly #completions = new Map<string, number[]>();

  see(event: SwarmEvent): void {
    const { peer, atMs } = event;
    if (event.type === 'peer-joined') {
      const { heldChunks, totalChunks } = event;
      const stay: OpenStay = {
        joinMs: atMs,
        endMs: Infinity,
        end: 'stayed',
        heldChunks,
        totalChunks,
        receivedChunks: 0,
      };
      addTo(this.#stays, peer, stay);
    } else if (event.type === 'peer-left' || event.type === 'peer-crashed') {
      const last = this.#stays.get(peer)?.at(-1);
      if (last?.end !== 'stayed') return;
      last.endMs = atMs;
      last.end = event.type === 'peer-left' ? 'left' : 'crashed';
    } else if (event.type === 'chunk-received') {
      const last = this.#stays.get(peer)?.at(-1);
      if (last !== undefined && atMs <= last.endMs) last.receivedChunks++;
    } else if (event.type === 'peer-completed') {
      addTo(this.#completions, peer, atMs);
    }
  }

  /** By the peer's name, in order of time. */
  stays(elapsedMs: number): ReadonlyMap<string, readonly Stay[]> {
    const endOf = ({ joinMs, endMs }: OpenStay): number =>
      endMs === Infinity ? Math.max(joinMs, elapsedMs) : endMs;
    return new Map(
      [...this.#stays].map(([peer, stays]) => [peer, stays.map((stay) => ({ ...stay, endMs: endOf(stay) }))]),
    );
  }

  /** When each peer completed, by its name; several times when it lost chunks between. In order of time. */
  get completions(): ReadonlyMap<string, readonly number[]> {
    return this.#completions;
  }
}

function addTo<T>(lists: Map<string, T[]>, name: string, item: T): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [item]);
  else list.push(item);
}
