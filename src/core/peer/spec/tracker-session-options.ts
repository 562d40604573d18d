/** What a spec client's conversation with its tracker needs, can be told, and tells. */
import type { SwarmEvent, Untold } from '../../events.ts';
import type { Address, Clock, CloseReason, EventSink, Transport } from '../../interfaces.ts';
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
  'name' | 'tracker' | 'host' | 'port' | 'protocol' | 'edition' | 'trackerIsOurs' | 'checksTotal'
>;

export interface SpecTrackerCallbacks {
  /** The tracker named holders of a needed chunk; oneself may be among them. `hash` only if the tracker told it. */
  onHolders(index: number, hash: string | undefined, holders: readonly Address[]): void;
  /** Somebody holds this chunk, which is behind the last one of the store. */
  onMoreChunks(index: number): void;
  /** At most once: the tracker was recognised as ours. `stop` may be called here. */
  onOurTracker(): void;
}

/** Chunks that are announced to an unknown tracker before it is found out whose it is, by a question. */
export const REGISTERED_FIRST_MAX = 16;
/** Questions to our own tracker that may be open at a time. */
export const OPEN_QUESTIONS_MAX = 64;
/** The tracker is lost: the next try comes after this, and twice as late each time. */
export const RETRY_MIN_MS = 1000;
export const RETRY_MAX_MS = 30_000;

/** Chunks to be asked again soon are gathered for this time. */
export const GATHER_MS = 50;

export type SessionEvent = Untold<
  Extract<SwarmEvent, { type: 'chunk-announced' | 'chunk-asked' | 'tracker-found' | 'tracker-lost' }>
>;

export function describe(reason: CloseReason): string {
  return reason.kind === 'end' ? 'the tracker closed the connection' : reason.detail;
}
