/** Whether a run in real time asks for more processor time than the machine has while its links are busy. */
import { exactDuration } from '../units/exact-format.ts';
import { formatDuration } from '../units/format.ts';
import type { EngineNeeds } from '../engines/engine.ts';
import { BUSY_MS_MIN, SHARE_MAX, sharedThreads } from '../engines/real-time/processor-share.ts';
import type { Plan } from '../plan/plan.ts';
import { SLICE_MS_ASKED_MAX } from '../plan/plan-schema.ts';
import { fittingText } from '../plan/shortage.ts';
import { peersThatFit } from './peers-that-fit.ts';

/** The estimate may be too low by half, and more where others use the machine. */
const DOUBT = 1.5;

export interface Overload {
  /** Whether the estimate says so, not only one that is half as high again. */
  readonly likely: boolean;
  /** Of connecting, and of moving what peers lack. */
  readonly processorMs: number;
  /** What all cores have until the lower bound of the run. */
  readonly availableMs: number;
  readonly cores: number;
  /** Of several machines the one that has least for its part; undefined: it is this one. */
  readonly machine?: string;
  /** Whether the machine has enough for another plan. */
  readonly isCarried: (plan: Plan) => boolean;
}

interface Estimates {
  readonly needs: (plan: Plan) => EngineNeeds;
  readonly boundMsOf: (plan: Plan) => number;
}

/** A swarm that no rate limits always takes all of the processors: of such one, nothing is said. */
export function overloadOf(plan: Plan, { needs, boundMsOf }: Estimates): Overload | null {
  const load = (one: Plan) => {
    const { traffic } = needs(one);
    const boundMs = boundMsOf(one);
    if (traffic === undefined || boundMs <= 0 || !Number.isFinite(boundMs)) return null;
    const availableMs = Math.max(boundMs, BUSY_MS_MIN) * traffic.cores;
    return { ...traffic, availableMs, share: traffic.processorMs / availableMs };
  };
  const own = load(plan);
  if (own === null || own.share * DOUBT <= SHARE_MAX) return null;
  const { processorMs, availableMs, cores, machine } = own;
  return {
    likely: own.share > SHARE_MAX,
    processorMs,
    availableMs,
    cores,
    ...(machine !== undefined && { machine }),
    isCarried: (one) => (load(one)?.share ?? 0) <= SHARE_MAX,
  };
}

/** `about 2 min 8 s of processor time to connect and move the bytes, and 2 cores have 40 s in the least time of the run`. */
export function describeOverload({ processorMs, availableMs, cores, machine }: Overload): string {
  const where = machine === undefined ? '' : `, of host ${machine},`;
  return (
    `about ${formatDuration(processorMs)} of processor time to connect and move the bytes, and ${cores} ${cores === 1 ? 'core' : 'cores'}` +
    `${where} ${cores === 1 ? 'has' : 'have'} ` +
    `${formatDuration(availableMs)} in the least time of the run`
  );
}

/** What helps without another engine, in words; empty: nothing of it does. */
export function describeRemedies({ likely, isCarried, cores, machine }: Overload, plan: Plan): string[] {
  if (!likely) return [];
  const peersPerWorker = Math.ceil(plan.peers.length / sharedThreads(cores));
  const shared = { ...plan, engine: { ...plan.engine, peersPerWorker } };
  const longSlices = { ...plan, engine: { ...plan.engine, sliceMs: SLICE_MS_ASKED_MAX } };
  const peersMax = peersThatFit(plan, (fewer) => (isCarried(fewer) ? [] : [fewer]));
  return [
    // Of several machines each would have another number.
    ...(machine === undefined && isCarried(shared)
      ? [`engine.peers_per_worker: ${peersPerWorker} has peers share a thread for each core`]
      : []),
    ...(isCarried(longSlices)
      ? [`engine.slice: ${exactDuration(SLICE_MS_ASKED_MAX)} has rates let go less often`]
      : []),
    ...(peersMax === 0 ? [] : [fittingText(plan.peers.length, peersMax)]),
  ];
}

/** One line, to be told before a run begins; undefined: there is nothing to warn of. */
export function overloadWarning(overloads: readonly (Overload | null)[]): string | undefined {
  const likely = overloads.filter((one) => one?.likely === true);
  const [worst] = likely.toSorted(
    (a, b) => b!.processorMs / b!.availableMs - a!.processorMs / a!.availableMs,
  );
  if (worst === undefined || worst === null) return undefined;
  const who = overloads.length === 1 ? 'the run' : `${likely.length} of ${overloads.length} runs`;
  return `${who} will not be trustworthy: ${describeOverload(worst)}; --plan tells what helps`;
}
