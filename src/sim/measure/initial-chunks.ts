import { ChunkSet } from '../../core/chunk-set.ts';
import type { SwarmEvent } from '../../core/events.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';
import type { EventFold } from './event-fold.ts';
import type { Stay } from './presence.ts';

/** What the events tell of one peer's chunks. */
interface ChunkTraces {
  readonly announced: Set<number>;
  readonly received: Set<number>;
}

export interface PeerTraces {
  readonly stays: readonly Stay[];
  readonly completed: boolean;
}

/** What each peer held when it first joined. What a given folder holds is not in the plan, and is found in the events. */
export class InitialChunks implements EventFold {
  readonly #plan: Plan;
  readonly #traces: ReadonlyMap<string, ChunkTraces>;

  constructor(plan: Plan) {
    this.#plan = plan;
    const given = plan.peers.filter(({ holds }) => holds.kind === 'folder');
    this.#traces = new Map(given.map(({ name }) => [name, { announced: new Set(), received: new Set() }]));
  }

  see(event: SwarmEvent): void {
    if (event.type === 'chunk-announced') this.#traces.get(event.peer)?.announced.add(event.index);
    else if (event.type === 'chunk-received') this.#traces.get(event.peer)?.received.add(event.index);
  }

  /**
   * undefined when that cannot be known. Of a given folder it is what the peer announced (or, once complete,
   * everything) less what it received, and believed only if its size is what the peer said on joining.
   */
  of(peer: PlannedPeer, { stays, completed }: PeerTraces): ChunkSet | undefined {
    const traces = this.#traces.get(peer.name);
    if (traces === undefined) return plannedChunks(this.#plan, peer);
    const { totalChunks } = this.#plan.content;
    const joinedWithAll = stays[0]?.heldChunks === totalChunks;
    const announced = completed || joinedWithAll ? everyChunk(totalChunks) : [...traces.announced];
    const set = setOf(
      totalChunks,
      announced.filter((index) => !traces.received.has(index)),
    );
    return set.size === stays[0]?.heldChunks ? set : undefined;
  }
}

/** By the plan; undefined: a given folder. */
export function plannedChunks({ content }: Plan, { holds }: PlannedPeer): ChunkSet | undefined {
  const { totalChunks } = content;
  if (holds.kind === 'folder') return undefined;
  if (holds.kind === 'all') return setOf(totalChunks, everyChunk(totalChunks));
  return setOf(totalChunks, holds.kind === 'chunks' ? holds.indices : []);
}

function everyChunk(totalChunks: number): number[] {
  return Array.from({ length: totalChunks }, (_, i) => i + 1);
}

function setOf(totalChunks: number, indices: Iterable<number>): ChunkSet {
  const set = new ChunkSet(totalChunks);
  for (const index of indices) set.add(index);
  return set;
}
