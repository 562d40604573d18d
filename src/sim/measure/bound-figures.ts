/** How far the run stayed from what theory allows. */
import { clientServerBound, fluidBound, storeAndForwardBound } from '../analyse/bounds.ts';
import type { BoundPeer, Swarm } from '../analyse/bounds.ts';
import { highestRate } from '../analyse/link-rates.ts';
import type { Evidence } from './observations.ts';
import type { BoundFigures } from '../result/result.ts';

const ASSUMES =
  'Without latency and protocol bytes; a peer counts as present from its first join to the end.';

export function boundFigures(evidence: Evidence, makespanMs: number | null): BoundFigures {
  const swarm = boundSwarm(evidence);
  if (typeof swarm === 'string') return noBound(swarm);
  const outsider = outsideSender(evidence);
  if (outsider !== undefined) {
    return noBound(`${outsider}, which is not part of the plan, sent chunks; its uplink is not known.`);
  }
  const fluid = fluidBound(swarm);
  if (fluid.ms === Infinity) return noBound('No holder, or no uplink, could deliver some chunk.');
  if (fluid.limitedBy === null)
    return noBound('No rate of a link limits the run: latencies, windows or the host set the pace.');
  return {
    lowerBoundMs: fluid.ms,
    limitedBy: fluid.limitedBy,
    clientServerMs: limiting(clientServerBound(swarm)),
    storeAndForwardMs: storeAndForwardBound(swarm),
    efficiency: makespanMs === null || makespanMs <= 0 ? null : fluid.ms / makespanMs,
    note: ASSUMES,
  };
}

function noBound(note: string): BoundFigures {
  return {
    lowerBoundMs: null,
    limitedBy: null,
    clientServerMs: null,
    storeAndForwardMs: null,
    efficiency: null,
    note,
  };
}

function limiting(ms: number | null): number | null {
  return ms === 0 || ms === Infinity ? null : ms;
}

/** The plan as the bounds see it, or why they cannot. */
function boundSwarm({ plan, record, initial, stays, required }: Evidence): Swarm | string {
  const peers: BoundPeer[] = [];
  for (const { name, link, sessions } of plan.peers) {
    const held = initial.get(name);
    if (held === undefined) return `It is not known which chunks ${name} held at the start.`;
    // A timer may fire a little early: a bound must not rely on it.
    const plannedMs = sessions[0].joinMs;
    const joinMs = Math.max(0, Math.min(plannedMs, stays.get(name)?.[0]?.joinMs ?? plannedMs));
    peers.push({
      upBytesPerSec: highestRate(link, 'upBytesPerSec', name, plan.faults),
      downBytesPerSec: highestRate(link, 'downBytesPerSec', name, plan.faults),
      joinMs,
      region: link.region,
      held,
      mustComplete: required.has(name),
    });
  }
  return { chunkBytes: record.chunkBytes, peers, regions: plan.regions };
}

function outsideSender({ plan, receipts }: Evidence): string | undefined {
  const planned = new Set(plan.peers.map(({ name }) => name));
  return receipts.senders.find((name) => !planned.has(name));
}
