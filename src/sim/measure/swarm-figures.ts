/** Figures of the swarm as a whole and of the tracker. */
import { distributed, jainIndex } from '../analyse/statistics.ts';
import type { RunRecord } from '../engines/engine.ts';
import type { Evidence } from './observations.ts';
import { uplinkCapacityBytes } from './peer-figures.ts';
import { completionTimesMs } from '../result/completion-times.ts';
import type { BoundFigures, PeerFigures, SwarmFigures, TrackerFigures } from '../result/result.ts';

export function swarmFigures(
  evidence: Evidence,
  peers: readonly PeerFigures[],
  makespanMs: number | null,
  bound: BoundFigures,
): SwarmFigures {
  const { contentBytes, record, receipts, notable } = evidence;
  const { usefulBytes, wastedBytes } = receipts;
  const periodMs = makespanMs ?? record.elapsedMs;
  const sentBytes = total(peers, (peer) => peer.uploadedBytes);
  // A killed thread may not have counted its last bytes, which the events tell of.
  const receivedBytes = total(peers, (peer) =>
    Math.max(peer.downloadedBytes, peer.usefulBytes + peer.wastedBytes),
  );
  // What comes from outside the plan is counted only where it arrives, what goes there only where it leaves.
  const payloadBytes = Math.max(sentBytes, receivedBytes);
  const controlBytes =
    total(peers, (peer) => peer.traffic.controlSentBytes) + record.tracker.controlSentBytes;
  const late = receipts.after(periodMs);
  return {
    contentBytes,
    totalChunks: record.chunkBytes.length,
    makespanMs,
    completionMs: distributed(completionTimesMs(peers)),
    goodputBytesPerSec: perSecond(usefulBytes - late.usefulBytes, periodMs),
    throughputBytesPerSec: perSecond(Math.max(0, payloadBytes - late.bytes), periodMs),
    usefulBytes,
    payloadBytes,
    controlBytes,
    overhead: share(controlBytes, payloadBytes),
    wastedBytes,
    waste: share(wastedBytes, receivedBytes),
    fairness: jainIndex(peers.filter(({ joinedMs }) => joinedMs !== null).map((peer) => peer.uploadedBytes)),
    seederLoad: seederLoad(evidence, peers),
    uploadUtilisation: uploadUtilisation(evidence, peers, periodMs),
    availability: evidence.availability(periodMs),
    corruptChunks: notable.filter((event) => event.type === 'chunk-discarded' && event.reason === 'corrupt')
      .length,
    bans: notable.filter(({ type }) => type === 'peer-banned').length,
    bound,
  };
}

export function trackerFigures(record: RunRecord, joinedPeers: number): TrackerFigures {
  const { tracker: traffic, elapsedMs } = record;
  const bytes =
    traffic.controlSentBytes +
    traffic.controlReceivedBytes +
    traffic.payloadSentBytes +
    traffic.payloadReceivedBytes;
  return {
    traffic,
    requestsPerSec: perSecond(traffic.messagesReceived, elapsedMs),
    bytesPerSec: perSecond(bytes, elapsedMs),
    requestsPerPeer: share(traffic.messagesReceived, joinedPeers),
  };
}

function seederLoad({ contentBytes, initial }: Evidence, peers: readonly PeerFigures[]): number | null {
  const seeders = peers.filter((peer) => initial.get(peer.name)?.complete === true);
  if (seeders.length === 0) return null;
  return share(
    total(seeders, (peer) => peer.uploadedBytes),
    contentBytes,
  );
}

/** The peers' own utilisations, weighted by what their uplinks could have carried. */
function uploadUtilisation(
  evidence: Evidence,
  peers: readonly PeerFigures[],
  periodMs: number,
): number | null {
  let capacityBytes = 0;
  let usedBytes = 0;
  evidence.plan.peers.forEach((peer, position) => {
    const utilisation = peers[position]?.uploadUtilisation ?? null;
    if (utilisation === null) return;
    const capacity = uplinkCapacityBytes(evidence, peer, periodMs);
    capacityBytes += capacity;
    usedBytes += utilisation * capacity;
  });
  return share(usedBytes, capacityBytes);
}

function total(peers: readonly PeerFigures[], figure: (peer: PeerFigures) => number): number {
  return peers.reduce((sum, peer) => sum + figure(peer), 0);
}

function perSecond(amount: number, periodMs: number): number | null {
  return share(amount * 1000, periodMs);
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}
