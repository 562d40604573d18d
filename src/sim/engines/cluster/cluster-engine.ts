/** The cluster engine: the peers of one run on several hosts, each in a worker thread of its own, on real TCP sockets. */
import { ConfigError, EngineError } from '../../../core/errors.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Engine } from '../engine.ts';
import { requireHonourable, requireNoSharedRates } from '../run/refusals.ts';
import { machineLimits, needsOf } from '../threads/capacity.ts';
import { fitToMachine } from '../threads/fit.ts';
import type { HostLink } from './host-link.ts';
import { needsOfHosts } from './host-needs.ts';
import { placeOn } from './placement.ts';

export interface ClusterEngineComponents {
  /**
   * Ways to the hosts that are there, in an order that does not change; each is used for one run and then closed.
   * undefined: it is not known yet.
   */
  readonly hosts: () => readonly HostLink[] | undefined;
}

/** @param components undefined: the user has named no cluster */
export function clusterEngine(components: ClusterEngineComponents | undefined): Engine {
  const hostsFor = (plan: Plan): readonly HostLink[] | undefined => {
    requireHonourable(plan);
    requireNoSharedRates(plan);
    if (components !== undefined) return components.hosts();
    throw new ConfigError(
      'engine: cluster runs on the agents of a cluster; add --cluster <url>, or --cluster embedded to try it here',
    );
  };
  return {
    name: 'cluster',
    check(plan) {
      const hosts = hostsFor(plan);
      if (hosts !== undefined && hosts.length > 0) placeOn(plan, hosts);
      return [];
    },
    needs(plan) {
      const hosts = hostsFor(plan);
      // Of an embedded cluster it is this machine; of another nobody knows yet.
      if (hosts === undefined) return needsOf(fitToMachine(plan, machineLimits()).plan);
      return needsOfHosts(plan, hosts);
    },
    async run(plan, watcher) {
      const [{ RealTimeRun }, { ClusterGround }] = await Promise.all([
        import('../real-time/real-time-run.ts'),
        import('./cluster-ground.ts'),
      ]);
      const hosts = hostsFor(plan) ?? [];
      if (hosts.length === 0) throw new EngineError('no agent of the cluster is there to host a peer');
      const run = new RealTimeRun(new ClusterGround(plan, hosts), watcher, 0);
      try {
        return await run.run();
      } finally {
        await run.dispose();
      }
    },
  };
}
