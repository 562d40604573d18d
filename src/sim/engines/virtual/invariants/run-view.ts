import type { Registry } from '../../../../core/tracker/registry.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { NodeCounters } from '../../run/node-counters.ts';
import type { PeerState } from '../../run/peer-state.ts';
import type { FluidNetwork } from '../fluid/fluid-network.ts';
import type { TokenStore } from '../token-store.ts';

/** What invariants see of a run besides its events and messages. Lists of peers are by position in the plan. */
export interface RunView {
  readonly plan: Plan;
  readonly peers: readonly PeerState[];
  /** The tracker's last. */
  readonly counters: readonly NodeCounters[];
  readonly stores: readonly TokenStore[];
  readonly network: Pick<FluidNetwork, 'linkOf'>;
  /** undefined: the tracker has never started. */
  registry(): Registry | undefined;
}
