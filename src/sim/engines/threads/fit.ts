/** What a plan leaves to the machine: how many peers share a thread, and connections that its file limit cannot hold. */
import { processors, type Processors } from '../../machine/processors.ts';
import type { Plan } from '../../plan/plan.ts';
import { connectionsThatFit, threadsThatFit, type FittedPlan, type MachineLimits } from './capacity.ts';
import { connectionsMaxOf, WHOLE } from './part-of-run.ts';

/** Measured on two cores: 50 threads of a peer each run well, 200 do not. */
const THREADS_PER_CORE = 32;

/** Where peers share threads, more threads would only wait for one another, and compile everything once more. */
const SHARED_THREADS_PER_CORE = 1;

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
  const { peersPerWorker, why } = sharing(plan, limits, cores);
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
): { readonly peersPerWorker: number; readonly why?: string } {
  const asked = plan.engine.peersPerWorker;
  if (asked !== 'auto') return { peersPerWorker: asked };
  const peers = plan.peers.length;
  const carried = Math.max(1, Math.floor(THREADS_PER_CORE * cores));
  const { threads, what } = threadsThatFit(plan, limits);
  const hosts = Math.max(1, threads - 1);
  if (peers <= Math.min(carried, hosts)) return { peersPerWorker: 1 };
  const wanted = peers > carried ? Math.max(1, Math.floor(SHARED_THREADS_PER_CORE * cores)) : peers;
  const peersPerWorker = Math.ceil(peers / Math.min(wanted, hosts));
  const reason =
    wanted <= hosts
      ? `${peers} threads are more than ${cores} ${cores === 1 ? 'core carries' : 'cores carry'} (${carried})`
      : `${what} suffice${what.endsWith('s') ? '' : 's'} for ${hosts} threads of peers`;
  return { peersPerWorker, why: `A thread has up to ${peersPerWorker} peers: ${reason}.` };
}
