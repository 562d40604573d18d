/** From what an engine saw to the figures: the one place where a run becomes a result. docs/metrics.md. */
import type { RunRecord } from '../engines/engine.ts';
import type { Plan } from '../plan/plan.ts';
import { boundFigures } from './bound-figures.ts';
import { allCompleteMs, gatherEvidence } from './observations.ts';
import type { Evidence } from './observations.ts';
import { judgeExpectations } from './expectations.ts';
import { injectedFigures } from './injected.ts';
import { groupFigures, measurePeers } from './peer-figures.ts';
import type { Receipt } from './receipts.ts';
import { RESULT_SCHEMA_VERSION } from '../result/result.ts';
import type { Environment, Flow, PeerFigures, RunResult } from '../result/result.ts';
import { swarmFigures, trackerFigures } from './swarm-figures.ts';
import { judgeTrust } from './trust.ts';
import { judge } from './verdict.ts';

/**
 * Pure: the same plan, record and environment give the same result. Events of clients from outside the plan are
 * welcome; they appear in `flows` by `host:port`.
 */
export function measure(plan: Plan, record: RunRecord, environment: Environment): RunResult {
  const evidence = gatherEvidence(plan, record);
  const makespanMs = findMakespan(evidence);
  const peers = measurePeers(evidence, makespanMs);
  const bound = boundFigures(evidence, makespanMs);
  const swarm = swarmFigures(evidence, peers, makespanMs, bound);
  const trust = judgeTrust(record, swarm, peers);
  const figures: RunResult = {
    schemaVersion: RESULT_SCHEMA_VERSION,
    // What a reader must know of every other figure stands first.
    verdict: judge(evidence, peers, [], trust),
    trust,
    scenario: plan.scenario,
    seed: plan.seed,
    engine: record.engine,
    environment,
    startedAt: record.startedAt,
    setupMs: record.setupMs,
    elapsedMs: record.elapsedMs,
    ending: record.ending,
    abortedBy: record.abortedBy ?? null,
    expectations: [],
    swarm,
    groups: groupFigures(peers),
    peers,
    tracker: trackerFigures(record, peers.filter(joined).length),
    flows: flowsOf(evidence.receipts.useful),
    injected: injectedFigures(evidence, makespanMs),
    samples: record.samples,
    plan,
  };
  // Thresholds are judged by the figures, and the verdict by the thresholds.
  const expectations = judgeExpectations(figures);
  return { ...figures, expectations, verdict: judge(evidence, peers, expectations, trust) };
}

/** null when a peer that must complete did not, or when none had anything to get. */
function findMakespan(evidence: Evidence): number | null {
  const lacking = evidence.plan.peers
    .map(({ name }) => name)
    .filter((name) => evidence.required.has(name) && evidence.initial.get(name)?.complete !== true);
  return allCompleteMs(evidence, lacking);
}

function flowsOf(useful: readonly Receipt[]): Flow[] {
  const flows = new Map<string, { from: string; to: string; chunks: number; bytes: number }>();
  for (const { from, to, bytes } of useful) {
    const key = `${from}\0${to}`;
    const flow = flows.get(key) ?? { from, to, chunks: 0, bytes: 0 };
    flow.chunks += 1;
    flow.bytes += bytes;
    flows.set(key, flow);
  }
  return [...flows.values()]
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || compare(a.from, b.from) || compare(a.to, b.to));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function joined(peer: PeerFigures): boolean {
  return peer.joinedMs !== null;
}
