/** When each peer was in the swarm and what it held at its first join, read from the plan and the events. */
import type { SwarmEvent } from '../../core/events.ts';
import { ChunkSet } from '../../core/chunk-set.ts';
import type { Plan, PlannedPeer } from '../plan/plan.ts';

/** One stay of a peer in the swarm; the k-th belongs to the k-th planned session. */
export interface Stay {
  readonly joinMs: number;
  /** When it left or was killed; the end of the run when it stayed. */
  readonly endMs: number;
  readonly end: 'left' | 'crashed' | 'stayed';
  readonly heldChunks: number;
  readonly totalChunks: number;
}

export function readStays(events: readonly SwarmEvent[], elapsedMs: number): Map<string, readonly Stay[]> {
  const stays = new Map<string, Stay[]>();
  for (const event of events) {
    const own = stays.get(event.peer) ?? [];
    const last = own.at(-1);
    if (event.type === 'peer-joined') {
      const { atMs: joinMs, heldChunks, totalChunks } = event;
      own.push({ joinMs, endMs: Math.max(joinMs, elapsedMs), end: 'stayed', heldChunks, totalChunks });
      stays.set(event.peer, own);
    } else if (last?.end === 'stayed' && (event.type === 'peer-left' || event.type === 'peer-crashed')) {
      own[own.length - 1] = {
        ...last,
        endMs: event.atMs,
        end: event.type === 'peer-left' ? 'left' : 'crashed',
      };
    }
  }
  return stays;
}

/** When each peer completed; several times when it lost chunks between. In order of time. */
export function readCompletions(events: readonly SwarmEvent[]): Map<string, readonly number[]> {
  const completions = new Map<string, number[]>();
  for (const event of events) {
    if (event.type !== 'peer-completed') continue;
    const own = completions.get(event.peer);
    if (own === undefined) completions.set(event.peer, [event.atMs]);
    else own.push(event.atMs);
  }
  return completions;
}

/** What the events tell of one peer's chunks. */
export interface ChunkTraces {
  readonly announced: ReadonlySet<number>;
  readonly received: ReadonlySet<number>;
}

export function readChunkTraces(events: readonly SwarmEvent[]): Map<string, ChunkTraces> {
  const traces = new Map<string, { announced: Set<number>; received: Set<number> }>();
  for (const event of events) {
    if (event.type !== 'chunk-announced' && event.type !== 'chunk-received') continue;
    const own = traces.get(event.peer) ?? { announced: new Set<number>(), received: new Set<number>() };
    traces.set(event.peer, own);
    own[event.type === 'chunk-announced' ? 'announced' : 'received'].add(event.index);
  }
  return traces;
}

export interface PeerTraces {
  readonly stays: readonly Stay[];
  readonly completed: boolean;
  readonly chunks: ChunkTraces | undefined;
}

/**
 * The chunks that a peer held when it first joined; undefined when that cannot be known. What a given folder
 * holds is not in the plan: it is what the peer announced (or, once complete, everything) less what it received,
 * and believed only if its size is what the peer said on joining.
 */
export function initialChunks(plan: Plan, peer: PlannedPeer, traces: PeerTraces): ChunkSet | undefined {
  const { totalChunks } = plan.content;
  const set = new ChunkSet(totalChunks);
  const everyChunk = Array.from({ length: totalChunks }, (_, i) => i + 1);
  const { holds } = peer;
  if (holds.kind === 'all') everyChunk.forEach((index) => set.add(index));
  if (holds.kind === 'chunks') holds.indices.forEach((index) => set.add(index));
  if (holds.kind !== 'folder') return set;
  const joinedWithAll = traces.stays[0]?.heldChunks === totalChunks;
  const announced = traces.completed || joinedWithAll ? everyChunk : [...(traces.chunks?.announced ?? [])];
  announced.filter((index) => traces.chunks?.received.has(index) !== true).forEach((index) => set.add(index));
  return set.size === traces.stays[0]?.heldChunks ? set : undefined;
}
