/** What a plan asks of its peers and its tracker, as their options: alike for every engine. */
import type { Address } from '../../../core/interfaces.ts';
import type { TrackerOptions } from '../../../core/tracker/options.ts';
import type { Plan, PlannedTracker } from '../../plan/plan.ts';
import type { StayOptions } from './peer-instance.ts';
import type { PeerState } from './peer-state.ts';

/** @param at where the peer listens; port 0: any free one */
export function stayOptions(
  { tracker }: Plan,
  { planned, stayNumber }: PeerState,
  { host, port }: Address,
): Omit<StayOptions, 'faults'> {
  const { name, protocol, policy, seed } = planned;
  return {
    seed: stayNumber === 1 ? seed : `${seed}/session-${stayNumber}`,
    peer: {
      name,
      port,
      host,
      trackerIsOurs: true,
      checksTotal: false,
      protocol,
      edition: tracker.edition,
      picker: policy.picker,
      uploadPolicy: policy.uploadPolicy,
      uploadSlots: policy.uploadSlots,
      superSeeding: policy.superSeeding,
      maxConnections: policy.maxConnections,
    },
  };
}

export function trackerOptions(
  { edition, agreement, announceIntervalMs, silenceLimitMs, peersPerAnswer }: PlannedTracker,
  port: number,
): TrackerOptions {
  return { port, edition, agreement, announceIntervalMs, silenceLimitMs, peersPerAnswer };
}
