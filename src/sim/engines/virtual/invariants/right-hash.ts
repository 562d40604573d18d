import { ChunkSet } from '../../../../core/chunk-set.ts';
import type { ChunkReceived, SwarmEvent } from '../../../../core/events.ts';
import type { Message } from '../../../../core/protocol/messages.ts';
import { hostOf } from '../addresses.ts';
import { InvariantError, type Invariant } from './invariant.ts';
import type { RunView } from './run-view.ts';

/** A chunk that a peer takes into its store is the original, if the tracker has told this peer the original's hash. */
export class RightHash implements Invariant {
  readonly sees = ['chunk-received'] as const;
  readonly #view: RunView;
  readonly #positions: ReadonlyMap<string, number>;
  /** By host: chunks of which the peer was told the right hash, and no other since. */
  readonly #told = new Map<string, ChunkSet>();

  constructor(view: RunView) {
    this.#view = view;
    this.#positions = new Map(view.peers.map(({ name, position }) => [name, position]));
  }

  /** The peer at that host knows nothing yet. */
  joins(host: string): void {
    this.#told.delete(host);
  }

  /** The tracker has told this to the peer at that host. */
  told(host: string, message: Message): void {
    if (message.type === 'peers') for (const { index, hash } of message.agreed) this.#tell(host, index, hash);
    else if (message.type === 'chunk-from' && message.hash !== undefined) {
      this.#tell(host, message.index, message.hash);
    }
  }

  see(event: SwarmEvent): void {
    if (event.type !== 'chunk-received') return;
    const position = this.#positions.get(event.peer)!;
    if (this.#told.get(hostOf(position))?.has(event.index) !== true) return;
    if (this.#view.stores[position]!.hasOriginal(event.index)) return;
    throw this.#broken(event, position);
  }

  #tell(host: string, index: number, hash: string): void {
    const told = this.#told.get(host) ?? new ChunkSet(this.#view.plan.content.totalChunks);
    this.#told.set(host, told);
    // A swarm may agree on what somebody has spoilt.
    if (hash === this.#view.stores[0]!.originalHash(index)) told.add(index);
    else told.delete(index);
  }

  #broken(event: ChunkReceived, position: number): InvariantError {
    const info = this.#view.stores[position]!.info(event.index);
    const held =
      info === undefined ? 'nothing is in its store' : `its store has ${info.bytes} bytes, ${info.hash}`;
    return new InvariantError({
      invariant: 'no chunk is accepted whose hash is wrong',
      atMs: event.atMs,
      peers: [event.peer],
      found: `chunk ${event.index} counts as received, and ${held}`,
      event,
    });
  }
}
