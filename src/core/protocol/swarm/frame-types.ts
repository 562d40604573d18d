import type { SwarmMessage } from '../messages.ts';

/** Bytes of a frame's length field and type. */
export const FRAME_HEAD_BYTES = 5;

/** Bytes of a `chunk` frame's index, offset and chunk size, which precede the body. */
export const CHUNK_HEAD_BYTES = 20;

/** Bytes of a request for the rest of a chunk: index and offset. */
export const REQUEST_REST_BYTES = 12;

/** Of one claim: index, size and SHA-1. */
export const CLAIM_BYTES = 32;

/** The byte that names a frame: BitTorrent's numbers (BEP 3, reject of BEP 6), then our own from 0x20. */
export const FRAME_TYPES = {
  choke: 0x00,
  unchoke: 0x01,
  interested: 0x02,
  'not-interested': 0x03,
  have: 0x04,
  bitfield: 0x05,
  request: 0x06,
  chunk: 0x07,
  cancel: 0x08,
  reject: 0x10,
  handshake: 0x20,
  announce: 0x21,
  peers: 0x22,
  'keep-alive': 0x23,
  'have-many': 0x24,
  resumes: 0x80,
  'any-order': 0x81,
} as const satisfies Record<SwarmMessage['type'], number>;

/** Types from here to 0xff are extensions: who does not know one skips its frame. */
export const EXTENSION_TYPE_MIN = 0x80;

/** Positions are the codes on the wire. */
export const REJECT_REASONS = ['choked', 'not-held', 'cancelled', 'overload'] as const;

/** Positions are the codes on the wire. */
export const ANNOUNCE_EVENTS = ['started', 'update', 'completed', 'stopped'] as const;

/** Flags before a peer in `peers`. */
export const PEER_SPEAKS_SWARM = 0x01;
export const PEER_HAS_BITS = 0x02;
