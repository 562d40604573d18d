/** From what an engine saw to the figures: the one place where a run becomes a result. docs/metrics.md. */
import type { SwarmEvent } from '../../core/events.ts';
import type { RunRecord } from '../engines/engine.ts';
import type { Plan } from '../plan/plan.ts';
import { boundFigures } from './bound-figures.ts';
import type { EventFold } from './event-fold.ts';
import { allCompleteMs, Observations, type Evidence } from './observations.ts';
import { judgeExpectations } from './expectations.ts';
import { injectedFigures } from './injected.ts';
import { groupFigures, measurePeers } from './peer-figures.ts';
import { RESULT_SCHEMA_VERSION } from '../result/result.ts';
import type { Environment, PeerFigures, RunResult } from '../result/result.ts';
import { swarmFigures, trackerFigures } from './swarm-figures.ts';
import { judgeTrust } from './trust/trust.ts';
import { judge } from './verdict.ts';

/**
 * Sees the events of a run in order of time, and tells its figures when it is over. The same plan, events, record and
 * environment give the same result. Events of clients from outside the plan are welcome; they appear in `flows` by
 * `host:port`.
 */
export class Measurement implements EventFold {
  readonly #plan: Plan;
  readonly #observations: Observations;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#observations = new Observations(plan);
  }

  see(event: SwarmEvent): void {
    this.#observations.see(event);
  }

  result(record: RunRecord, environment: Environment): RunResult {
    return resultOf(this.#plan, this.#observations.evidence(record), environment);
  }
}

function resultOf(plan: Plan, evidence: Evidence, environment: Environment): RunResult {
  const { record } = evidence;
  const makespanMs = findMakespan(evidence);
  const peers = measurePeers(evidence, makespanMs);
  const bound = boundFigures(evidence, makespanMs);
  const swarm = swarmFigures(evidence, peers, makespanMs, bound);
  const trust = judgeTrust({ plan, record, cores: environment.cores }, swarm, peers);
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
    flows: evidence.receipts.flows,
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

function joined(peer: PeerFigures): boolean {
  return peer.joinedMs !== null;
}
