import type { ChunkStore, Transport } from '../../../core/interfaces.ts';
import type { Picker } from '../../../core/peer/swarm/pickers/picker.ts';
import type { LinkControl } from '../../network/link-control.ts';

/** What stands in for a part of every peer: to see that a broken one is noticed. */
export interface Build {
  /** Instead of what the policy chooses. */
  readonly picker?: Picker;
  /** Around a peer's store. */
  store?(store: ChunkStore): ChunkStore;
  /** Around a peer's network, beneath the meter. */
  network?(transport: Transport, control: LinkControl): Transport;
}
