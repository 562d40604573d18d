/**
 * Every message of both protocols, as plain data. docs/protocol.md gives the bytes.
 * Chunk indices start at 1 everywhere.
 */
import type { Address, Body, ChunkInfo } from '../interfaces.ts';

/**
 * What is spoken on one connection.
 * `spec-tracker`: the spec protocol between client and tracker. `spec-chunk`: REQUEST_CHUNK, then raw bytes until
 * the end of the stream. `swarm`: our binary frames, between peers and between peer and tracker.
 */
export type Dialect = 'spec-tracker' | 'spec-chunk' | 'swarm';

export type ProtocolName = 'spec' | 'swarm';

/** LOCAL_CHUNKS: "I hold this chunk". With `hash` it is of the hashed edition. */
export interface LocalChunk {
  readonly type: 'local-chunk';
  readonly index: number;
  readonly hash?: string;
  readonly holder: Address;
  /** Ended by a newline: only between programs of ours that have recognised each other. */
  readonly terminated?: boolean;
}

/** WHERE_CHUNK: "who holds it?" */
export interface WhereChunk {
  readonly type: 'where-chunk';
  readonly index: number;
  /** The answer should have the hash: only between programs of ours, as a further field. */
  readonly edition?: 'hashed';
  /** Only holders count that are there: whose connection is open. Only between programs of ours, as a further field. */
  readonly onlyOpen?: true;
  readonly terminated?: boolean;
}

/** GET_CHUNK_FROM: the holders, oldest first. */
export interface ChunkFrom {
  readonly type: 'chunk-from';
  readonly index: number;
  readonly hash?: string;
  readonly holders: readonly Address[];
  /** Ended by a newline: the mark of our tracker. */
  readonly terminated?: boolean;
}

/** CHUNK_LOCATION_UNKNOWN. Index 0, only ever received: the tracker has said something that makes no sense. */
export interface ChunkUnknown {
  readonly type: 'chunk-unknown';
  readonly index: number;
  readonly terminated?: boolean;
}

/** REQUEST_CHUNK; the answer is raw bytes until the end of the stream. */
export interface RequestChunk {
  readonly type: 'request-chunk';
  readonly index: number;
}

/** Bytes of the chunk requested on this `spec-chunk` connection. */
export interface RawBytes {
  readonly type: 'raw';
  readonly body: Body;
}

export type SpecMessage = LocalChunk | WhereChunk | ChunkFrom | ChunkUnknown | RequestChunk | RawBytes;

/** First frame in each direction of a `swarm` connection. */
export interface Handshake {
  readonly type: 'handshake';
  /** 1. */
  readonly version: number;
  /** Up to 255 bytes of UTF-8. */
  readonly name: string;
  /** The sender's listening port; 0 when it does not listen (a tracker answers with its own). */
  readonly port: number;
  /** Number of chunks of the file; 0 from a tracker that does not know. Both ends must agree. */
  readonly totalChunks: number;
}

/** The chunks that the sender holds (or, from a super-seeding peer, admits to hold). */
export interface Bitfield {
  readonly type: 'bitfield';
  /** Chunk i is bit (i-1): byte (i-1)>>3, most significant bit first; spare bits are 0 (as in BEP 3). */
  readonly bits: Uint8Array;
}

export interface Have {
  readonly type: 'have';
  readonly index: number;
}
/** As many `have` as there are indices: 1 to 1,024. */
export interface HaveMany {
  readonly type: 'have-many';
  readonly indices: readonly number[];
}
export interface Interested {
  readonly type: 'interested';
}
export interface NotInterested {
  readonly type: 'not-interested';
}
export interface Choke {
  readonly type: 'choke';
}
export interface Unchoke {
  readonly type: 'unchoke';
}
/** Asks for a chunk. */
export interface Request {
  readonly type: 'request';
  readonly index: number;
  /** Only the bytes from here on are wanted; > 0, below the chunk's size. Only to who told `resumes`. Absent: all. */
  readonly offset?: number;
}
/** The sender serves requests with an offset. An extension: who does not know it passes over it. */
export interface Resumes {
  readonly type: 'resumes';
}
/**
 * The sender minds not in which order its requests are served, as long as each is served. An extension: who does not
 * know it passes over it, and serves them in their order.
 */
export interface AnyOrder {
  readonly type: 'any-order';
}
/** Takes a request back. The sender of the chunk answers with `reject`, unless the last byte has already left. */
export interface Cancel {
  readonly type: 'cancel';
  readonly index: number;
}
/** A request will not be served (further). Every request is answered by the whole chunk or by one reject. */
export interface Reject {
  readonly type: 'reject';
  readonly index: number;
  readonly reason: 'choked' | 'not-held' | 'cancelled' | 'overload';
}
/**
 * A part of a chunk. Parts of one chunk come in order, without gaps; parts of different chunks do not interleave
 * on one connection. A chunk of 0 bytes is one part of 0 bytes.
 */
export interface ChunkPart {
  readonly type: 'chunk';
  readonly index: number;
  /** Where the part begins. */
  readonly offset: number;
  /** The whole chunk's size in bytes. */
  readonly chunkBytes: number;
  readonly body: Body;
}

/** A chunk's content as somebody claims or the tracker has agreed it. */
export interface ChunkClaim extends ChunkInfo {
  readonly index: number;
}

/** Peer → tracker. */
export interface Announce {
  readonly type: 'announce';
  /** `started` once, `update` at intervals and when chunks have come, `completed` once, `stopped` on leaving. */
  readonly event: 'started' | 'update' | 'completed' | 'stopped';
  /** How many peers the sender would like to learn of, 0 to 200. */
  readonly wanted: number;
  /** All chunks that the sender holds. */
  readonly bits: Uint8Array;
  /** Size and hash of held chunks that this connection has not told yet. */
  readonly claims: readonly ChunkClaim[];
}

export interface PeerEntry {
  readonly address: Address;
  readonly protocol: ProtocolName;
  /** Only of spec peers, which cannot tell themselves. */
  readonly bits?: Uint8Array;
}

/** Tracker → peer: the answer to an announce, and pushed when hashes have been agreed meanwhile. */
export interface Peers {
  readonly type: 'peers';
  /** A random choice, without the receiver; at most `wanted`. */
  readonly peers: readonly PeerEntry[];
  /** Agreed chunks that this connection has not been told yet. */
  readonly agreed: readonly ChunkClaim[];
  /** When to announce again at the latest. */
  readonly intervalMs: number;
}

/** Nothing; keeps a quiet connection from being taken for dead. */
export interface KeepAlive {
  readonly type: 'keep-alive';
}

export type SwarmMessage =
  | Handshake
  | Bitfield
  | Have
  | HaveMany
  | Interested
  | NotInterested
  | Choke
  | Unchoke
  | Request
  | Resumes
  | AnyOrder
  | Cancel
  | Reject
  | ChunkPart
  | Announce
  | Peers
  | KeepAlive;

export type Message = SpecMessage | SwarmMessage;

/** Turns bytes into messages; calls back synchronously, as soon as a message is certain. */
export interface Decoder {
  /** @throws {RemoteProtocolError} the bytes break the protocol. The bytes may be reused after the call. */
  push(bytes: Uint8Array): void;
  /** The stream is over: what is pending is a message, or is dropped. */
  end(): void;
}
