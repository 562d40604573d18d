import type { Message } from '../../../../core/protocol/messages.ts';
import type { AccessLink } from './access-link.ts';
import type { Arrivals } from './arrivals.ts';
import type { PacedLink } from './fluid-pacer.ts';

export type Sent = Message | 'end';

/** One end of a connection, as its routes know it. */
export interface RouteEnd {
  /** Something has arrived. */
  take(sent: Sent, bytes: number): void;
  /** What it sends has room again. */
  drained(): void;
  /** A black hole of this end's link took something of the stream, in either direction. */
  hasHole: boolean;
}

export interface RouteOptions {
  readonly from: AccessLink;
  readonly to: AccessLink;
  readonly fromHost: string;
  readonly toHost: string;
  /** What all that goes from the sender's region to the receiver's shares; undefined: nothing with a limit. */
  readonly between?: PacedLink | undefined;
  readonly sender: RouteEnd;
  readonly receiver: RouteEnd;
  /** Goes on top of the first message's delay, in ms. */
  readonly firstExtraMs: number;
  readonly arrivals: Arrivals;
  /** So many bytes of what one host has sent another will never arrive. */
  readonly onLost: (fromHost: string, toHost: string, bytes: number) => void;
}
