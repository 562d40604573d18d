/** Whether a run is over by what its peers hold: docs/metrics.md, "Who must complete". */
import type { PeerState } from './peer-state.ts';

/** `stalled`: nobody is left who could still complete, and not all who must have. */
export function standingOf(peers: readonly PeerState[]): 'under-way' | 'stalled' | 'complete' {
  const must = peers.filter((peer) => peer.mustComplete);
  const excused = peers.some((peer) => peer.planned.mustComplete !== false && !peer.mustComplete);
  if ((must.length === 0 && !excused) || waitedFor(peers).length > 0) return 'under-way';
  const onlySeeders = must.every((peer) => peer.hadEverything);
  if (!excused && onlySeeders && !must.every((peer) => peer.isSettled)) return 'under-way';
  return (excused && onlySeeders) || must.some((peer) => !peer.complete) ? 'stalled' : 'complete';
}

/** Every planned join and return has come, and those who lost chunks have them again. */
export function isSettled(peers: readonly PeerState[]): boolean {
  return waitedFor(peers).length === 0 && peers.every((peer) => peer.isSettled);
}

/** Whoever must complete, has not, and may still. */
export function waitedFor(peers: readonly PeerState[]): PeerState[] {
  return peers.filter((peer) => peer.mustComplete && !peer.complete && !peer.lost);
}
