/** Figures of each peer and of each group. */
import { carriedBytes, type RateFactor } from '../analyse/link-rates.ts';
import { distributed } from '../analyse/statistics.ts';
import type { PeerRecord } from '../engines/engine.ts';
import { emptyTraffic } from '../network/meter.ts';
import { emptyShaping } from '../network/shaping-counters.ts';
import type { PlannedPeer } from '../plan/plan.ts';
import { completedForGood } from './observations.ts';
import type { Evidence } from './observations.ts';
import { arrivedAt } from './receipts.ts';
import { completionTimesMs } from '../result/completion-times.ts';
import type { GroupFigures, PeerFigures } from '../result/result.ts';

/** Rates are over the time from 0 to the makespan or, without one, to the end of the run. */
export function measurePeers(evidence: Evidence, makespanMs: number | null): PeerFigures[] {
  const { plan, receipts, record } = evidence;
  const late = receipts.after(makespanMs ?? record.elapsedMs).sentBytes;
  return plan.peers.map((peer) => measurePeer(evidence, peer, late.get(peer.name) ?? 0, makespanMs));
}

/** @param sentLate payload bytes that arrived only after the period */
function measurePeer(
  evidence: Evidence,
  peer: PlannedPeer,
  sentLate: number,
  makespanMs: number | null,
): PeerFigures {
  const periodMs = makespanMs ?? evidence.record.elapsedMs;
  const { name, group, protocol } = peer;
  const record = evidence.records.get(name) ?? absent(name);
  const stays = evidence.stays.get(name) ?? [];
  const initial = evidence.initial.get(name);
  const joinedMs = stays[0]?.joinMs ?? null;
  const hadAll = initial?.complete === true;
  // Who holds everything need not come: the run may be over before.
  const completedMs = hadAll ? (joinedMs ?? 0) : (completedForGood(evidence, name, makespanMs) ?? null);
  const { payloadSentBytes: uploadedBytes, payloadReceivedBytes: downloadedBytes } = record.traffic;
  const capacity = uplinkCapacityBytes(evidence, peer, periodMs);
  // What was handed to a connection may have waited for the uplink to the end.
  const leftBytes = capacity > 0 ? Math.min(uploadedBytes, record.shaping.bytesPacedUp) : uploadedBytes;
  const sentInPeriod = leftBytes - sentLate;
  return {
    name,
    group,
    protocol,
    joinedMs,
    completedMs,
    completionMs: completedMs === null || joinedMs === null ? null : Math.max(0, completedMs - joinedMs),
    heldChunksAtStart: stays[0]?.heldChunks ?? initial?.size ?? 0,
    heldChunksAtEnd: record.heldChunksAtEnd,
    mustComplete: evidence.required.has(name),
    integrity: record.integrity,
    uploadedBytes,
    downloadedBytes,
    ...arrivedAt(evidence.receipts, name),
    shareRatio: downloadedBytes > 0 ? uploadedBytes / downloadedBytes : null,
    uploadUtilisation: capacity > 0 ? Math.max(0, sentInPeriod) / capacity : null,
    traffic: record.traffic,
    shaping: record.shaping,
  };
}

/** What a limited uplink can carry while its peer is in the swarm, within the period. */
export function uplinkCapacityBytes(
  evidence: Evidence,
  { name, link }: PlannedPeer,
  periodMs: number,
): number {
  const factors = slowDowns(evidence, name);
  const stays = evidence.stays.get(name) ?? [];
  return stays.reduce((sum, { joinMs, endMs }) => {
    const fromMs = Math.min(Math.max(joinMs, 0), periodMs);
    return sum + carriedBytes(link, 'upBytesPerSec', fromMs, Math.min(endMs, periodMs), factors);
  }, 0);
}

/** What faults made of the peer's rates, and when. */
function slowDowns({ plan, record }: Evidence, name: string): RateFactor[] {
  return record.faults.flatMap((fault) => {
    const effect = plan.faults.find((planned) => planned.name === fault.name)?.effect;
    if (effect?.kind !== 'slow-down' || fault.beganMs === null || !fault.targets.includes(name)) return [];
    return [{ fromMs: fault.beganMs, toMs: fault.endedMs ?? Infinity, factor: effect.factor }];
  });
}

/** In order of their first peer. */
export function groupFigures(peers: readonly PeerFigures[]): GroupFigures[] {
  const names = [...new Set(peers.map(({ group }) => group))];
  return names.map((name) => {
    const members = peers.filter(({ group }) => group === name);
    return {
      name,
      peers: members.length,
      completed: members.filter(({ completedMs }) => completedMs !== null).length,
      // Figures of the survivors would look better than the run was.
      completionMs: members.some(({ mustComplete, completedMs }) => mustComplete && completedMs === null)
        ? null
        : distributed(completionTimesMs(members)),
      uploadedBytes: members.reduce((sum, { uploadedBytes }) => sum + uploadedBytes, 0),
      downloadedBytes: members.reduce((sum, { downloadedBytes }) => sum + downloadedBytes, 0),
    };
  });
}

function absent(name: string): PeerRecord {
  return {
    name,
    traffic: emptyTraffic(),
    shaping: emptyShaping(),
    heldChunksAtEnd: 0,
    integrity: 'unchecked',
    leftIncomplete: false,
  };
}
