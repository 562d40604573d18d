/** Did the swarm do what it should? Three-valued: missing data is never a pass. */
import { judgedPeers } from '../metrics/scoped-metrics.ts';
import { exactDuration } from '../units/exact-format.ts';
import { formatDuration, formatMetric } from '../units/format.ts';
import type { Evidence } from './observations.ts';
import type { Deciding, ExpectationFigures, PeerFigures, Trust, Verdict } from '../result/result.ts';

/** Peers that are named in the reasons; the others are counted. */
const NAMED_PEERS_MAX = 5;

/**
 * pass: every peer that must complete did, its bytes are the original's, and every threshold holds. fail: a peer did
 * not, in a run that was not interrupted, or holds other bytes; the run was given up; or a threshold was missed.
 * inconclusive: the machine, not the scenario, decided the run (untrusted); interrupted, or there is no data to tell: nobody had anything to get and had to, say.
 */
export function judge(
  evidence: Evidence,
  peers: readonly PeerFigures[],
  expectations: readonly ExpectationFigures[],
  trust: Pick<Trust, 'cause' | 'remedy'>,
): Verdict {
  const required = peers.filter(({ mustComplete }) => mustComplete);
  const findings = required.map((peer) => findingOf(evidence, peer));
  const reasonsOf = (kind: Finding['kind']) =>
    summed(findings.filter((finding) => finding.kind === kind).map(({ reason }) => reason));
  const doubts = [...uncheckedReason(findings), ...reasonsOf('doubt')];
  doubts.push(...nothingToJudge(evidence, peers, expectations));
  const ending = endingReason(evidence);
  if (evidence.record.ending === 'interrupted') doubts.push(...ending);
  const reasons: Readonly<Record<Deciding, readonly string[]>> = {
    swarm: reasonsOf('failure'),
    aborted: evidence.record.ending === 'aborted' ? ending : [],
    expectations: expectations.filter(({ outcome }) => outcome === 'fail').map(missedReason),
    data: [...doubts, ...expectations.filter(({ outcome }) => outcome === 'inconclusive').map(openReason)],
  };
  // No machine excuses wrong bytes.
  const isUntrusted = trust.cause !== null && required.every(({ integrity }) => integrity !== 'corrupt');
  const because = isUntrusted ? 'data' : (decidingOrder.find((what) => reasons[what].length > 0) ?? null);
  return {
    outcome: because === null ? 'pass' : because === 'data' ? 'inconclusive' : 'fail',
    because,
    reasons:
      because === null
        ? []
        : unique([
            ...(isUntrusted ? [`Untrusted: ${trust.cause}. Remedy: ${trust.remedy}.`] : []),
            // What ended the run explains what follows.
            ...ending,
            ...decidingOrder.flatMap((what) => reasons[what]),
            ...brokenNodes(evidence),
          ]),
    completedPeers: required.filter(({ completedMs }) => completedMs !== null).length,
    peersToComplete: required.length,
    intactPeers: required.filter(({ integrity }) => integrity === 'intact').length,
  };
}

/** The first of these for which there is a reason decides. */
const decidingOrder: readonly Deciding[] = ['swarm', 'aborted', 'expectations', 'data'];

/** Seeders that have what they had at the start are no proof of anything, and nor are those that have gone. */
function nothingToJudge(
  { plan, record }: Evidence,
  peers: readonly PeerFigures[],
  expectations: readonly ExpectationFigures[],
): string[] {
  if (judgedPeers(peers, record.chunkBytes.length).length > 0) return [];
  const gone = plan.peers.filter(
    ({ mustComplete }, at) => mustComplete !== false && peers[at]?.mustComplete === false,
  ).length;
  if (gone > 0) {
    const all =
      gone === 1
        ? 'The only peer that had to complete left or died before it could'
        : `All ${gone} peers that had to complete left or died before they could`;
    return [`${all}, so there is nothing to judge (see must_complete).`];
  }
  if (expectations.length > 0) return [];
  return [
    'No peer that lacked a chunk had to complete, and there are no thresholds, so there is nothing to judge.',
  ];
}

function missedReason({ text, measured, unit }: ExpectationFigures): string {
  return `Expected ${text}, measured ${formatMetric(measured, unit)}.`;
}

function openReason({ text, note }: ExpectationFigures): string {
  return `Expected ${text}: ${note}.`;
}

interface Finding {
  readonly kind: 'good' | 'failure' | 'doubt' | 'unchecked';
  readonly reason: string;
}

function findingOf({ records, plan, record, initial }: Evidence, peer: PeerFigures): Finding {
  const { name, integrity, completedMs, heldChunksAtEnd } = peer;
  if (!records.has(name)) return { kind: 'doubt', reason: `${name}: the engine has no record of it.` };
  if (integrity === 'corrupt') {
    return { kind: 'failure', reason: `${name}: its content differs from the original.` };
  }
  const isSeeder = initial.get(name)?.complete === true;
  const held = `${heldChunksAtEnd} of ${plan.content.totalChunks} chunks`;
  if (integrity === 'incomplete' && completedMs !== null && !lostByPlan(plan, record.ending, name)) {
    return {
      kind: 'failure',
      reason: `${name}: it ${isSeeder ? 'had the whole file' : 'completed'}, but holds ${held} at the end.`,
    };
  }
  if (integrity === 'unchecked' && completedMs !== null) {
    return { kind: 'unchecked', reason: `${name}: its content was not checked.` };
  }
  // Nobody could complete any more once the run had been given up, and that has a reason of its own.
  if (completedMs !== null || record.ending === 'aborted') return { kind: 'good', reason: '' };
  const isOpen = record.ending === 'interrupted' || (record.ending === 'completed' && integrity === 'intact');
  const kind = isOpen ? 'doubt' : 'failure';
  if (integrity !== 'intact') return { kind, reason: `${name}: it did not complete (${held}).` };
  return {
    kind,
    reason: isOpen
      ? `${name}: it holds everything, but no event says when it completed.`
      : // What came while the threads were being closed is no part of the run.
        `${name}: it did not complete in time (its last chunk came as the run ended).`,
  };
}

/** Once all were complete, a loss of chunks that was planned takes nothing from it. */
function lostByPlan(
  { peers, faults, until }: Evidence['plan'],
  ending: Evidence['record']['ending'],
  name: string,
): boolean {
  if (until !== 'sessions' || ending !== 'completed') return false;
  const sessions = peers.find((peer) => peer.name === name)?.sessions ?? [];
  return (
    sessions.some(({ leave }) => leave?.keepChunks === false) ||
    faults.some(({ effect }) => effect.kind === 'crash' && !effect.keepChunks && effect.peers.includes(name))
  );
}

/** Of many peers one sentence: a run that is stopped checks nothing. */
function uncheckedReason(findings: readonly Finding[]): string[] {
  const reasons = findings.filter(({ kind }) => kind === 'unchecked').map(({ reason }) => reason);
  return reasons.length > 1
    ? [`The content of ${reasons.length} peers that were complete was not checked.`]
    : reasons;
}

function unique(reasons: readonly string[]): string[] {
  return [...new Set(reasons)];
}

function summed(reasons: readonly string[]): string[] {
  if (reasons.length <= NAMED_PEERS_MAX + 1) return [...reasons];
  const rest = reasons.length - NAMED_PEERS_MAX;
  return [...reasons.slice(0, NAMED_PEERS_MAX), `The same holds for ${rest} more peers; peers.csv has them.`];
}

function endingReason({ record, plan }: Evidence): string[] {
  if (record.ending === 'time-limit') {
    return [`The time limit of ${exactDuration(plan.timeLimitMs)} was reached.`];
  }
  if (record.ending === 'stalled') {
    return [`The run stalled after ${formatDuration(record.elapsedMs)}: nothing more could happen.`];
  }
  if (record.ending === 'interrupted') return ['The run was interrupted.'];
  if (record.ending === 'aborted') {
    const condition = record.abortedBy ?? 'a condition of abort_on';
    return [`The run was given up after ${formatDuration(record.elapsedMs)}, because ${condition}.`];
  }
  return [];
}

function brokenNodes({ notable }: Evidence): string[] {
  return summed(
    notable.flatMap((event) =>
      event.type === 'node-failed' ? [`${event.peer} could not go on: ${event.detail} (${event.code}).`] : [],
    ),
  );
}
