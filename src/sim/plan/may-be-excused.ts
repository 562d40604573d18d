/** Whether a run may end without a peer that must complete. */
import type { PlannedFault, PlannedPeer } from './plan.ts';

/** Its last session, or a fault, may take it away for good before it has completed: it is then excused. */
export function mayBeExcused(
  { name, sessions, mustComplete }: PlannedPeer,
  faults: readonly PlannedFault[],
): boolean {
  if (mustComplete !== 'unless-gone') return false;
  if (sessions.at(-1)?.leave?.from === 'start') return true;
  return faults.some(
    ({ effect }) => effect.kind === 'crash' && effect.returnAfterMs === null && effect.peers.includes(name),
  );
}
