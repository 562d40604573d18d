/** Whom faults kept from sending to whom, and when. */
import type { StoryFault, SwarmStory } from './swarm-story.ts';

/** Of one partition: the side of each peer of the plan, -1 for one on none; or whom another fault is at work on. */
interface Barrier {
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind: 'partition' | 'one way' | 'silent' | 'gives nothing';
  readonly sides: Int16Array;
}

export interface Barriers {
  /** Those that hold at an instant; undefined: none does. */
  at(atMs: number): BarriersNow | undefined;
}

export interface BarriersNow {
  /** Whether a chunk cannot go from one to the other: also where the request for it cannot go the other way. */
  blocks(from: number, to: number): boolean;
  /** Peers with the same text are blocked from and for the same ones. */
  placeOf(peer: number): string;
}

export function barriersOf({ faults, plan, endMs }: Pick<SwarmStory, 'faults' | 'plan' | 'endMs'>): Barriers {
  const peerAt = new Map(plan.peers.map(({ name }, at) => [name, at]));
  const all = faults.flatMap((fault) => barrierOf(fault, peerAt, endMs) ?? []);
  return {
    at(atMs) {
      const now = all.filter(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
      if (now.length === 0) return undefined;
      return {
        blocks: (from, to) => now.some((barrier) => isBetween(barrier, from, to)),
        placeOf: (peer) => now.map(({ sides }) => sides[peer]!).join(' '),
      };
    },
  };
}

function barrierOf(
  { effect, fromMs, toMs }: StoryFault,
  peerAt: ReadonlyMap<string, number>,
  endMs: number,
): Barrier | undefined {
  const time = { fromMs, toMs: toMs ?? endMs };
  if (effect?.kind === 'partition') {
    return { ...time, kind: effect.oneWay ? 'one way' : 'partition', sides: placed(effect.sides, peerAt) };
  }
  if (effect?.kind === 'pause' || effect?.kind === 'black-hole') {
    return { ...time, kind: 'silent', sides: placed([effect.peers], peerAt) };
  }
  if (effect?.kind === 'free-ride') {
    return { ...time, kind: 'gives nothing', sides: placed([effect.peers], peerAt) };
  }
  return undefined;
}

/** By peer of the plan, the list in which it is; -1: in none. */
function placed(lists: readonly (readonly string[])[], peerAt: ReadonlyMap<string, number>): Int16Array {
  const sides = new Int16Array(peerAt.size).fill(-1);
  lists.forEach((names, side) => {
    for (const name of names) {
      const at = peerAt.get(name);
      if (at !== undefined) sides[at] = side;
    }
  });
  return sides;
}

function isBetween({ kind, sides }: Barrier, from: number, to: number): boolean {
  const [one, other] = [sides[from]!, sides[to]!];
  switch (kind) {
    case 'partition':
      return one >= 0 && other >= 0 && one !== other;
    case 'one way':
      // Either the request or the chunk would have to go the way that is cut.
      return one >= 0 && other >= 0 && one !== other && (one === 0 || other === 0);
    case 'silent':
      return one >= 0 || other >= 0;
    case 'gives nothing':
      return one >= 0;
  }
}
