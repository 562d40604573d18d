/** What a plan leaves to the machine: how many peers share a thread, and connections that its file limit cannot hold. */
import { processors, type Processors } from '../../machine/processors.ts';
import type { Plan } from '../../plan/plan.ts';
import { formatDuration } from '../../units/format.ts';
import { BUSY_MS_MIN, SHARE_MAX, sharedThreads } from '../real-time/processor-share.ts';
import { connectionsThatFit, threadsThatFit, type FittedPlan, type MachineLimits } from './capacity.ts';
import { connectionsMaxOf, WHOLE, type PartOfRun } from './part-of-run.ts';
import { processorTimeOf } from './processor-time.ts';

/** Measured on two cores: 50 threads of a peer each run well, 200 do not. */
const THREADS_PER_CORE = 32;

/** Sharing must save so much processor time that the estimate, which is rough, can tell. */
const SAVING_MIN = 0.25;
/**
 * With fewer a swarm is another one: then the run is refused. With so many 1,000 peers take as long as with 50, see
 * docs/scale.md.
 */
const CONNECTIONS_MIN = 8;

export interface Fit {
  readonly plan: FittedPlan;
  /** What was chosen, and why, in sentences. */
  readonly notes: readonly string[];
}

export function fitToMachine(
  plan: Plan,
  limits: MachineLimits,
  { cores }: Pick<Processors, 'cores'> = processors(),
  part = WHOLE,
): Fit {
  const { peersPerWorker, why } = sharing(plan, limits, cores, part);
  const shared: FittedPlan = { ...plan, engine: { ...plan.engine, peersPerWorker } };
  const notes = why === undefined ? [] : [why];
  const most = plan.peers.reduce((max, peer) => Math.max(max, connectionsMaxOf(peer, plan, part)), 0);
  const fitting = connectionsThatFit(shared, limits, part);
  if (most <= fitting || fitting < CONNECTIONS_MIN) return { plan: shared, notes };
  const peers = shared.peers.map((peer) => {
    const maxConnections = Math.min(peer.policy.maxConnections, fitting);
    return { ...peer, policy: { ...peer.policy, maxConnections } };
  });
  const note =
    `A peer has at most ${fitting} connections instead of ${most}: this process may open ${limits.openFiles} files ` +
    '(ulimit -n), and each connection takes one at either end.';
  return { plan: { ...shared, peers }, notes: [...notes, note] };
}

function sharing(
  plan: Plan,
  limits: MachineLimits,
  cores: number,
  part: PartOfRun,
): { readonly peersPerWorker: number; readonly why?: string } {
  const asked = plan.engine.peersPerWorker;
  if (asked !== 'auto') return { peersPerWorker: asked };
  const peers = plan.peers.length;
  const carried = Math.max(1, Math.floor(THREADS_PER_CORE * cores));
  const { threads, what } = threadsThatFit(plan, limits);
  const hosts = Math.max(1, threads - 1);
  const few = sharedThreads(cores);
  const isMany = peers > carried;
  const costly = isMany ? undefined : tooCostly(plan, few, cores, part);
  const wanted = isMany || costly !== undefined ? few : peers;
  const most = Math.min(wanted, hosts);
  if (peers <= most) return { peersPerWorker: 1 };
  const peersPerWorker = Math.ceil(peers / most);
  const coresText = `${cores} ${cores === 1 ? 'core' : 'cores'}`;
  const reason =
    wanted > hosts
      ? `${what} suffice${what.endsWith('s') ? '' : 's'} for ${hosts} threads of peers`
      : (costly ??
        `${peers} threads are more than ${coresText} ${cores === 1 ? 'carries' : 'carry'} (${carried})`);
  return { peersPerWorker, why: `A thread has up to ${peersPerWorker} peers: ${reason}.` };
}

/** Why threads of one peer each would take too much processor time, if `few` threads take much less; undefined: they would not. */
function tooCostly(plan: Plan, few: number, cores: number, part: PartOfRun): string | undefined {
  const peers = plan.peers.length;
  // Who holds what of chunk folders is on a disk, not in the plan.
  if (peers <= few || plan.content.kind === 'folders') return undefined;
  const own = processorTimeOf(plan, peers + 1, part);
  if (own.busyMs === 0) return undefined;
  const availableMs = Math.max(own.busyMs, BUSY_MS_MIN) * cores;
  if (own.trafficMs <= availableMs * SHARE_MAX) return undefined;
  const shared = processorTimeOf(plan, few + 1, part);
  if (shared.trafficMs > own.trafficMs * (1 - SAVING_MIN)) return undefined;
  return (
    `with one for each peer the run would take about ${formatDuration(own.trafficMs)} of processor time, and ${cores} ` +
    `${cores === 1 ? 'core has' : 'cores have'} ${formatDuration(availableMs)} while links are busy`
  );
}
