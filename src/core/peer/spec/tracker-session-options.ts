/** What a spec client's conversation with its tracker needs, can be told, and tells. */
import type { Address, Clock, EventSink, Transport } from '../../interfaces.ts';
import type { Ledger } from '../ledger.ts';
import type { PeerOptions } from '../options.ts';

export interface SpecTrackerComponents {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly events: EventSink;
  readonly ledger: Ledger;
}

/** `host` and `port` are what is announced: where this peer listens already. */
export type SpecTrackerOptions = Pick<
  PeerOptions,
  'name' | 'tracker' | 'host' | 'port' | 'protocol' | 'edition' | 'trackerIsOurs'
>;

export interface SpecTrackerCallbacks {
  /** The tracker named holders of a needed chunk; oneself may be among them. `hash` only if the tracker told it. */
  onHolders(index: number, hash: string | undefined, holders: readonly Address[]): void;
  /** Nobody is known to hold the needed chunk yet. It will be asked again without being told to. */
  onUnknown(index: number): void;
  /** At most once: the tracker was recognised as ours. `stop` may be called here. */
  onOurTracker(): void;
}
