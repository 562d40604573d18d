import type { PeerFigures } from './result.ts';

/** Complete from its first join on, also where nobody has told of that join yet; without a completion of its own. */
export function hadEverything({ joinedMs, completedMs, completionMs, usefulBytes }: PeerFigures): boolean {
  const isCompleteBefore = joinedMs === null && completedMs !== null;
  return (completionMs === 0 || isCompleteBefore) && usefulBytes === 0;
}

/** Must complete, and lacked something when it joined. */
export function hadToComplete(peer: PeerFigures): boolean {
  return peer.mustComplete && !hadEverything(peer);
}

/** Of the peers that completed during the run, in ms: those that had everything at the start do not count. */
export function completionTimesMs(peers: readonly PeerFigures[]): number[] {
  return peers
    .filter((peer) => !hadEverything(peer))
    .flatMap(({ completionMs }) => (completionMs === null ? [] : [completionMs]));
}
