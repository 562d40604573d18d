/** Did the swarm do what it should? Three-valued: missing data is never a pass. */
import { formatDuration } from '../report/format.ts';
import type { Evidence } from './evidence.ts';
import type { PeerFigures, Verdict } from './result.ts';

/** Peers that are named in the reasons; the others are counted. */
const NAMED_PEERS_MAX = 5;

/**
 * pass: every peer that must complete did, and its bytes are the original's. fail: one did not, in a run that was
 * not interrupted, or holds other bytes. inconclusive: interrupted, or there is no data to tell.
 */
export function judge(evidence: Evidence, peers: readonly PeerFigures[]): Verdict {
  const required = peers.filter(({ mustComplete }) => mustComplete);
  const failures: string[] = [];
  const doubts: string[] = [];
  if (required.length === 0) doubts.push('No peer had to complete: there is nothing to judge.');
  if (evidence.record.ending === 'interrupted') doubts.push('The run was interrupted.');

  const findings = required.map((peer) => ({ peer, ...findingOf(evidence, peer) }));
  failures.push(...summed(findings.filter(({ kind }) => kind === 'failure').map(({ reason }) => reason)));
  doubts.push(...summed(findings.filter(({ kind }) => kind === 'doubt').map(({ reason }) => reason)));
  const outcome = failures.length > 0 ? 'fail' : doubts.length > 0 ? 'inconclusive' : 'pass';
  const reasons =
    outcome === 'pass' ? [] : [...failures, ...doubts, ...endingReason(evidence), ...brokenNodes(evidence)];
  return {
    outcome,
    reasons,
    completedPeers: required.filter(({ completedMs }) => completedMs !== null).length,
    peersToComplete: required.length,
    intactPeers: required.filter(({ integrity }) => integrity === 'intact').length,
  };
}

interface Finding {
  readonly kind: 'good' | 'failure' | 'doubt';
  readonly reason: string;
}

function findingOf({ records, plan, record }: Evidence, peer: PeerFigures): Finding {
  const { name, integrity, completedMs, heldChunksAtEnd } = peer;
  if (!records.has(name)) return { kind: 'doubt', reason: `${name}: the engine has no record of it.` };
  if (integrity === 'corrupt') {
    return { kind: 'failure', reason: `${name}: its content differs from the original.` };
  }
  const held = `${heldChunksAtEnd} of ${plan.content.totalChunks} chunks`;
  if (integrity === 'incomplete' && completedMs !== null) {
    return { kind: 'failure', reason: `${name}: it completed, but holds ${held} at the end.` };
  }
  if (integrity === 'unchecked' && completedMs !== null) {
    return { kind: 'doubt', reason: `${name}: its content was not checked.` };
  }
  if (completedMs !== null) return { kind: 'good', reason: '' };
  if (integrity === 'intact') {
    return { kind: 'doubt', reason: `${name}: it holds everything, but no event tells when it completed.` };
  }
  const kind = record.ending === 'interrupted' ? 'doubt' : 'failure';
  return { kind, reason: `${name}: it did not complete (${held}).` };
}

function summed(reasons: readonly string[]): string[] {
  if (reasons.length <= NAMED_PEERS_MAX + 1) return [...reasons];
  const rest = reasons.length - NAMED_PEERS_MAX;
  return [...reasons.slice(0, NAMED_PEERS_MAX), `The same holds for ${rest} more peers; peers.csv has them.`];
}

function endingReason({ record, plan }: Evidence): string[] {
  if (record.ending === 'time-limit') {
    return [`The time limit of ${formatDuration(plan.timeLimitMs)} was reached.`];
  }
  if (record.ending === 'stalled') {
    return [`Nothing more could happen: the run stalled after ${formatDuration(record.elapsedMs)}.`];
  }
  return [];
}

function brokenNodes({ record }: Evidence): string[] {
  return summed(
    record.events.flatMap((event) =>
      event.type === 'node-failed' ? [`${event.peer} could not go on: ${event.detail} (${event.code}).`] : [],
    ),
  );
}
