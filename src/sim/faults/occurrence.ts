/** One time that a fault happens. */
import type { FaultEffect, Plan, PlannedFault } from '../plan/plan.ts';

export interface Occurrence {
  /** Unique in the run, from 0: its row on the board of hits. */
  readonly id: number;
  readonly fault: PlannedFault;
  /** From 1. */
  readonly number: number;
}

/** What happens inside of a peer and its link; the rest is done by the engine. */
export type PeerEffect = Exclude<FaultEffect, { readonly kind: 'crash' | 'tracker-down' }>;

/** How the tracker is called among sides and targets. */
export const TRACKER = 'tracker';

/** In the order of the plan. */
export function occurrencesOf({ faults }: Pick<Plan, 'faults'>): readonly Occurrence[] {
  let id = 0;
  return faults.flatMap((fault) =>
    Array.from({ length: 1 + (fault.again?.times ?? 0) }, (_, at) => ({ id: id++, fault, number: at + 1 })),
  );
}

/** Names of peers, or `tracker`. */
export function targetsOf(effect: FaultEffect): readonly string[] {
  if (effect.kind === 'tracker-down') return [TRACKER];
  return effect.kind === 'partition' ? effect.sides.flat() : effect.peers;
}

export function isPeerEffect(effect: FaultEffect): effect is PeerEffect {
  return effect.kind !== 'crash' && effect.kind !== 'tracker-down';
}

/** A crash and a reset are over as soon as they have happened. */
export function isInstant({ kind }: FaultEffect): boolean {
  return kind === 'crash' || kind === 'reset';
}
