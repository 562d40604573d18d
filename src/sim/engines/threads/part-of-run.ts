/** Of a run over several machines, which part one machine has. */
import type { Plan, PlannedPeer } from '../../plan/plan.ts';

export interface PartOfRun {
  /** Peers on other machines, which those of this one connect to as well. */
  readonly peersElsewhere: number;
  /** Whether the tracker lives here, to which all connect. */
  readonly hasTracker: boolean;
  /** Whether the peers here share the machine's address; else each may need one of loopback. */
  readonly sharesAddress: boolean;
}

/** A run that is all on this machine. */
export const WHOLE: PartOfRun = { peersElsewhere: 0, hasTracker: true, sharesAddress: false };

/** Connections that a peer may have: to all others at most, wherever they live. */
export function connectionsMaxOf(
  { policy }: PlannedPeer,
  { peers }: Pick<Plan, 'peers'>,
  { peersElsewhere }: PartOfRun,
): number {
  return Math.min(policy.maxConnections, peers.length + peersElsewhere - 1);
}

/** At the tracker, of the connections of those that do not live here; the others count with their peers. */
export function trackerEndsOf({ peersElsewhere, hasTracker }: PartOfRun): number {
  return hasTracker ? peersElsewhere : 0;
}
