import type { ChunkReceived, SwarmEvent } from '../../../../core/events.ts';
import { heldAtStart } from '../../../content/planned-content.ts';
import { InvariantError, type Invariant } from './invariant.ts';
import type { RunView } from './run-view.ts';

/**
 * A chunk that a peer takes into its store is the original. Left out are, with a tracker of the plain edition, spec
 * peers, and chunks that no swarm peer claims from the start: nobody is told their hashes.
 */
export class RightHash implements Invariant {
  readonly sees = ['chunk-received'] as const;
  readonly #view: RunView;
  readonly #positions: ReadonlyMap<string, number>;
  readonly #isKnown: (index: number) => boolean;

  constructor(view: RunView) {
    this.#view = view;
    const { peers, content, tracker } = view.plan;
    const isHashed = tracker.edition === 'hashed';
    const knowing = peers.map(({ protocol }) => protocol === 'swarm' || isHashed);
    const heldBy = heldAtStart(content);
    const early = peers.filter(({ protocol, sessions }) => protocol === 'swarm' && sessions[0].joinMs === 0);
    const claimed = new Set(early.flatMap(({ holds }) => heldBy(holds)));
    this.#isKnown = isHashed ? () => true : (index) => claimed.has(index);
    this.#positions = new Map(peers.flatMap(({ name }, at) => (knowing[at]! ? [[name, at] as const] : [])));
  }

  see(event: SwarmEvent): void {
    if (event.type !== 'chunk-received') return;
    const position = this.#positions.get(event.peer);
    if (position === undefined || !this.#isKnown(event.index)) return;
    if (this.#view.stores[position]!.hasOriginal(event.index)) return;
    throw this.#broken(event, position);
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
