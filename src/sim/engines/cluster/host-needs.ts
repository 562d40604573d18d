/** What a run over several hosts takes of each, told before it. */
import type { Plan } from '../../plan/plan.ts';
import type { EngineNeeds, HostNeeds, ProcessorNeeds } from '../engine.ts';
import { machineLimits, needsOf } from '../threads/capacity.ts';
import { fitToMachine } from '../threads/fit.ts';
import type { PartOfRun } from '../threads/part-of-run.ts';
import type { HostInfo } from './host-link.ts';
import { partOfHost, placeOn } from './placement.ts';

interface NeedsOfOne {
  readonly info: HostInfo;
  readonly peers: number;
  readonly needs: EngineNeeds;
}

/**
 * @param hosts those that are there; none: it is told what one would need that had all peers
 * @throws {ConfigError} the plan cannot be spread over them
 */
export function needsOfHosts(plan: Plan, hosts: readonly { readonly info: HostInfo }[]): EngineNeeds {
  const limits = machineLimits();
  const needs = (peers: Plan['peers'], cores: number, part: PartOfRun): EngineNeeds =>
    needsOf(fitToMachine({ ...plan, peers }, limits, { cores }, part).plan, part);
  if (hosts.length === 0) {
    return greatest([needsOf(fitToMachine(plan, limits).plan)]);
  }
  const all = placeOn(plan, hosts).map(({ host: { info }, peers }, at): NeedsOfOne => {
    const own = peers.map((position) => plan.peers[position]!);
    return {
      info,
      peers: peers.length,
      needs: needs(own, info.cores, partOfHost(plan, { peers }, at === 0)),
    };
  });
  return { ...greatest(all.map((one) => one.needs)), traffic: fullestMachine(all), hosts: all.map(told) };
}

function told({ info, peers, needs }: NeedsOfOne): HostNeeds {
  const { threads, memoryBytes, processorMs = 0 } = needs;
  return { name: info.name, peers, cores: info.cores, threads, memoryBytes, processorMs };
}

/** Agents of one address, or of loopback, share a machine. */
function fullestMachine(all: readonly NeedsOfOne[]): ProcessorNeeds {
  const machines = new Map<string, ProcessorNeeds & { readonly machine: string }>();
  for (const { info, needs } of all) {
    const key = info.address.startsWith('127.') ? '127.' : info.address;
    const known = machines.get(key);
    machines.set(key, {
      machine: known === undefined ? info.name : `${known.machine} and ${info.name}`,
      cores: Math.max(known?.cores ?? 0, info.cores),
      processorMs: (known?.processorMs ?? 0) + (needs.traffic?.processorMs ?? 0),
    });
  }
  const share = ({ processorMs, cores }: ProcessorNeeds): number => processorMs / cores;
  return [...machines.values()].reduce((most, one) => (share(one) > share(most) ? one : most));
}

/** Of the host that needs most of each. */
function greatest(needs: readonly EngineNeeds[]): EngineNeeds {
  const most = (of: (one: EngineNeeds) => number): number => Math.max(...needs.map(of));
  return {
    threads: most(({ threads }) => threads),
    memoryBytes: most(({ memoryBytes }) => memoryBytes),
    descriptorsMax: most(({ descriptorsMax }) => descriptorsMax),
    diskBytes: most(({ diskBytes }) => diskBytes),
    setupMs: most(({ setupMs }) => setupMs),
    runMs: null,
    processorMs: most(({ processorMs }) => processorMs ?? 0),
  };
}
