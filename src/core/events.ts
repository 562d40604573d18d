/**
 * Everything that happens in a swarm and is worth knowing, as plain data. The one source of every figure,
 * of events.jsonl and of logs.log.
 */
import type { Address } from './interfaces.ts';
import type { ProtocolName } from './protocol/messages.ts';

interface At {
  /** Milliseconds of the emitter's clock; 0 is the start of the distribution. */
  readonly atMs: number;
  /** The emitter: a peer's name, or `tracker`. */
  readonly peer: string;
}

/** Why received bytes did not become a chunk. */
export type DiscardReason = 'corrupt' | 'duplicate' | 'cancelled' | 'failed';

/** The peer listens and joins the swarm. Its `address` is what other events call it by. */
export interface PeerJoined extends At {
  readonly type: 'peer-joined';
  readonly address: Address;
  readonly protocol: ProtocolName;
  readonly heldChunks: number;
  readonly totalChunks: number;
}
export interface PeerCompleted extends At {
  readonly type: 'peer-completed';
}
/** The peer has left in order and all its sockets are closed. */
export interface PeerLeft extends At {
  readonly type: 'peer-left';
}
/** Told by the laboratory, since the dead cannot: the peer was killed. */
export interface PeerCrashed extends At {
  readonly type: 'peer-crashed';
  /** The fault that killed it; absent: its own session ended so. */
  readonly fault?: string;
}

/** A peer told the tracker of a chunk (LOCAL_CHUNKS, or part of an announce). */
export interface ChunkAnnounced extends At {
  readonly type: 'chunk-announced';
  readonly index: number;
  /** Only in the hashed edition and in the swarm protocol. */
  readonly hash?: string;
  readonly address: Address;
  readonly protocol: ProtocolName;
}
/** A spec peer asked the tracker (WHERE_CHUNK). */
export interface ChunkAsked extends At {
  readonly type: 'chunk-asked';
  readonly index: number;
}
/** The tracker answered GET_CHUNK_FROM. */
export interface ChunkLocated extends At {
  readonly type: 'chunk-located';
  readonly index: number;
  readonly hash?: string;
  readonly holders: readonly Address[];
}
/** The tracker answered CHUNK_LOCATION_UNKNOWN. */
export interface ChunkUnlocated extends At {
  readonly type: 'chunk-unlocated';
  readonly index: number;
}
/** A peer asked a holder for a chunk. */
export interface ChunkRequested extends At {
  readonly type: 'chunk-requested';
  readonly index: number;
  readonly from: Address;
  readonly protocol: ProtocolName;
}
/** What one remote sent of a chunk. */
export interface Share {
  readonly from: Address;
  readonly bytes: number;
}
/** Bytes of a chunk, all of them by `from` but for what others had sent of it: each of those once. */
export interface Sent extends Share {
  readonly earlier?: readonly Share[];
}
/** A chunk arrived whole, was verified and is held now. */
export interface ChunkReceived extends At, Sent {
  readonly type: 'chunk-received';
  readonly index: number;
  /** From the request that brought its last byte to that. */
  readonly tookMs: number;
}
/** Payload that came in for nothing. */
export interface ChunkDiscarded extends At, Sent {
  readonly type: 'chunk-discarded';
  readonly index: number;
  readonly reason: DiscardReason;
}
/** A held chunk differs from what the swarm agreed on; it is kept but not offered. */
export interface ChunkDisputed extends At {
  readonly type: 'chunk-disputed';
  readonly index: number;
  readonly hash: string;
  readonly agreedHash: string;
}

/** The remote will not be dealt with again. */
export interface PeerBanned extends At {
  readonly type: 'peer-banned';
  readonly address: Address;
  readonly reason: string;
}
/** A connection could not be made or broke; the peer goes on with others. */
export interface ConnectionFailed extends At {
  readonly type: 'connection-failed';
  readonly address: Address;
  readonly detail: string;
}
/** A remote broke the protocol; its connection was closed. */
export interface RemoteFault extends At {
  readonly type: 'remote-fault';
  readonly address: Address;
  readonly detail: string;
}

export interface TrackerFound extends At {
  readonly type: 'tracker-found';
  readonly address: Address;
  readonly protocol: ProtocolName;
}
export interface TrackerLost extends At {
  readonly type: 'tracker-lost';
  readonly address: Address;
  readonly detail: string;
  readonly retryMs: number;
}
/** The tracker listens. */
export interface TrackerStarted extends At {
  readonly type: 'tracker-started';
  readonly address: Address;
}
/** An address told the tracker of a chunk for the first time over this connection. */
export interface ClientRegistered extends At {
  readonly type: 'client-registered';
  readonly address: Address;
  readonly protocol: ProtocolName;
}
/** The tracker has been told by this address of every chunk that it knows of. */
export interface ClientCompleted extends At {
  readonly type: 'client-completed';
  readonly address: Address;
  readonly chunks: number;
}
/**
 * The tracker is left up for another content: a chunk's agreed hash that nobody claimed any more gave way to this one,
 * or everybody had gone and a peer came with a file of so many chunks.
 */
export type ContentChanged = At & { readonly type: 'content-changed' } & (
    | { readonly index: number; readonly formerHash: string; readonly hash: string }
    | { readonly formerTotalChunks: number; readonly totalChunks: number }
  );
/** The tracker forgot a peer that disconnected or fell silent. */
export interface PeerForgotten extends At {
  readonly type: 'peer-forgotten';
  readonly address: Address;
  readonly reason: 'disconnected' | 'silent' | 'stopped';
}
/**
 * The peer or tracker itself cannot do something: with `TRANSPORT` (port in use) or `CONFIG` it cannot go on at all,
 * with `STORE` its disk failed for one chunk (full, unreadable), and it goes on with the others and tries again.
 */
export interface NodeFailed extends At {
  readonly type: 'node-failed';
  readonly code: string;
  readonly detail: string;
  /** The file of this held chunk is gone: it is not offered any more, and is needed again. */
  readonly lostChunk?: number;
}

/** Told by the laboratory (`peer` is `laboratory`): something is done to the swarm from now on. */
export interface FaultBegan extends At {
  readonly type: 'fault-began';
  /** As the plan calls it. */
  readonly fault: string;
  readonly kind: string;
  /** From 1: which time of a fault that happens again. */
  readonly occurrence: number;
  readonly targets: readonly string[];
}

/** The fault is over: its time was up, or it was over at once. */
export interface FaultEnded extends At {
  readonly type: 'fault-ended';
  readonly fault: string;
  readonly occurrence: number;
}

export type SwarmEvent =
  | PeerJoined
  | PeerCompleted
  | PeerLeft
  | PeerCrashed
  | ChunkAnnounced
  | ChunkAsked
  | ChunkLocated
  | ChunkUnlocated
  | ChunkRequested
  | ChunkReceived
  | ChunkDiscarded
  | ChunkDisputed
  | PeerBanned
  | ConnectionFailed
  | RemoteFault
  | TrackerFound
  | TrackerLost
  | TrackerStarted
  | ClientRegistered
  | ClientCompleted
  | ContentChanged
  | PeerForgotten
  | NodeFailed
  | FaultBegan
  | FaultEnded;

export type SwarmEventType = SwarmEvent['type'];

/** An event as a part of a peer tells it: the peer adds who and when. */
export type Untold<T extends SwarmEvent = SwarmEvent> = T extends SwarmEvent
  ? Omit<T, 'atMs' | 'peer'>
  : never;
