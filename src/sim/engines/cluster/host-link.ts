/** The way to one host of a cluster, as the coordinator of a run sees it. */
import type { FromHost, ToHost } from './messages.ts';

export interface HostInfo {
  /** Unique in the cluster. */
  readonly name: string;
  /** Numeric, at which the peers and the tracker of this host listen; others must be able to reach it. */
  readonly address: string;
  /** Cores that the process on this host may use. */
  readonly cores: number;
}

/** Messages arrive whole, once and in order, or the link is lost. */
export interface HostLink {
  readonly info: HostInfo;
  send(message: ToHost): void;
  /** Called once, before the first message is sent. */
  listen(listener: HostLinkListener): void;
  /** Nothing is told any more. Idempotent. */
  close(): void;
}

export interface HostLinkListener {
  onMessage(message: FromHost): void;
  /** Called at most once, and nothing else then: it is there and takes no part. `why`: a clause, `it has a part of another run`. */
  onBusy(why: string): void;
  /** Called at most once: the host is dead, cannot be reached or has left. `why`: a clause, `it left`. */
  onLost(why: string): void;
}
