import { addressKey } from '../../../../core/address.ts';
import { ChunkSet } from '../../../../core/chunk-set.ts';
import type { SwarmEvent, SwarmEventType } from '../../../../core/events.ts';
import type { Message } from '../../../../core/protocol/messages.ts';
import { InvariantError, type Invariant } from './invariant.ts';
import type { RunView } from './run-view.ts';

const INVARIANT = 'a chunk is requested only from a peer that announced it';

/**
 * A chunk is requested only from a peer that announced it: by the swarm protocol to the neighbour itself, by the spec
 * protocol to the tracker.
 */
export class ShownChunks implements Invariant {
  readonly sees: readonly SwarmEventType[];
  /** By address; undefined: nobody speaks the spec protocol. */
  readonly #announced: Map<string, ChunkSet> | undefined;
  readonly #totalChunks: number;

  constructor({ plan }: RunView) {
    this.#totalChunks = plan.content.totalChunks;
    const hasSpec = plan.peers.some(({ protocol }) => protocol === 'spec');
    this.sees = hasSpec ? ['chunk-announced', 'chunk-requested'] : [];
    this.#announced = hasSpec ? new Map() : undefined;
  }

  see(event: SwarmEvent): void {
    if (this.#announced === undefined) return;
    if (event.type === 'chunk-announced') {
      const key = addressKey(event.address);
      const known = this.#announced.get(key) ?? new ChunkSet(this.#totalChunks);
      known.add(event.index);
      this.#announced.set(key, known);
    } else if (event.type === 'chunk-requested' && event.protocol === 'spec') {
      const key = addressKey(event.from);
      if (this.#announced.get(key)?.has(event.index) === true) return;
      throw new InvariantError({
        invariant: INVARIANT,
        atMs: event.atMs,
        peers: [event.peer, key],
        found: `the tracker was never told of chunk ${event.index} at ${key}`,
        event,
      });
    }
  }
}

/** What the remote of one connection has shown by the swarm protocol. */
export class Shown {
  readonly #totalChunks: number;
  chunks: ChunkSet | undefined;

  constructor(totalChunks: number) {
    this.#totalChunks = totalChunks;
  }

  received(message: Message): void {
    if (message.type === 'have') this.#add(message.index);
    else if (message.type === 'bitfield') this.chunks = ChunkSet.fromBits(message.bits, this.#totalChunks);
    else if (message.type === 'have-many') for (const index of message.indices) this.#add(index);
  }

  /** @throws {InvariantError} `peers`: who asks, and whom */
  requested(index: number, atMs: number, peers: readonly [string, string]): void {
    if (this.chunks?.has(index) === true) return;
    const found = `chunk ${index} is requested, which ${peers[1]} has not shown on this connection`;
    throw new InvariantError({ invariant: INVARIANT, atMs, peers, found });
  }

  #add(index: number): void {
    this.chunks ??= new ChunkSet(this.#totalChunks);
    this.chunks.add(index);
  }
}
