import { RemoteProtocolError } from '../../errors.ts';
import type { Announce, ChunkPart, Handshake, PeerEntry, Peers, Request, SwarmMessage } from '../messages.ts';
import { FieldReader } from './field-reader.ts';
import {
  ANNOUNCE_EVENTS,
  CLAIM_BYTES,
  FRAME_TYPES,
  PEER_HAS_BITS,
  PEER_SPEAKS_SWARM,
  REJECT_REASONS,
  REQUEST_REST_BYTES,
} from './frame-types.ts';
import {
  BITFIELD_BYTES_MAX,
  CLAIMS_MAX,
  HAVE_MANY_MAX,
  NAME_BYTES_MAX,
  PEERS_BITS_BYTES_MAX,
  PEERS_MAX,
} from './limits.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** What a control frame carries may be, in bytes: [least, most]. Types that are not listed do not exist. */
const PAYLOAD_BYTES = new Map<number, readonly [number, number]>([
  [FRAME_TYPES.choke, [0, 0]],
  [FRAME_TYPES.unchoke, [0, 0]],
  [FRAME_TYPES.interested, [0, 0]],
  [FRAME_TYPES['not-interested'], [0, 0]],
  [FRAME_TYPES['keep-alive'], [0, 0]],
  [FRAME_TYPES.resumes, [0, 0]],
  [FRAME_TYPES['any-order'], [0, 0]],
  [FRAME_TYPES.have, [4, 4]],
  [FRAME_TYPES['have-many'], [4, 4 * HAVE_MANY_MAX]],
  [FRAME_TYPES.request, [4, REQUEST_REST_BYTES]],
  [FRAME_TYPES.cancel, [4, 4]],
  [FRAME_TYPES.reject, [5, 5]],
  [FRAME_TYPES.bitfield, [0, BITFIELD_BYTES_MAX]],
  [FRAME_TYPES.handshake, [8, 8 + NAME_BYTES_MAX]],
  [FRAME_TYPES.announce, [10, 10 + BITFIELD_BYTES_MAX + CLAIMS_MAX * CLAIM_BYTES]],
  [FRAME_TYPES.peers, [9, 9 + PEERS_MAX * 263 + PEERS_BITS_BYTES_MAX + CLAIMS_MAX * CLAIM_BYTES]],
]);

/** Whether frames of this type are ours to read, and not an extension that we do not know. */
export function isKnownType(type: number): boolean {
  return PAYLOAD_BYTES.has(type);
}

/** @throws {RemoteProtocolError} no such control frame, or not of this size */
export function checkPayloadBytes(type: number, bytes: number): void {
  const range = PAYLOAD_BYTES.get(type);
  if (range === undefined) throw new RemoteProtocolError(`unknown frame type ${type}`);
  if (bytes < range[0] || bytes > range[1]) {
    throw new RemoteProtocolError(`frame type ${type} with ${bytes} bytes, not ${range[0]} to ${range[1]}`);
  }
}

/**
 * Reads the payload of a whole control frame whose size was checked.
 * @throws {RemoteProtocolError} a field is outside its range, or the payload does not end with its last field
 */
export function parseControlFrame(type: number, payload: Uint8Array): Exclude<SwarmMessage, ChunkPart> {
  const reader = new FieldReader(payload);
  const message = parseFields(type, reader);
  reader.end();
  return message;
}

function parseFields(type: number, reader: FieldReader): Exclude<SwarmMessage, ChunkPart> {
  switch (type) {
    case FRAME_TYPES.choke:
      return { type: 'choke' };
    case FRAME_TYPES.unchoke:
      return { type: 'unchoke' };
    case FRAME_TYPES.interested:
      return { type: 'interested' };
    case FRAME_TYPES['not-interested']:
      return { type: 'not-interested' };
    case FRAME_TYPES.resumes:
      return { type: 'resumes' };
    case FRAME_TYPES['any-order']:
      return { type: 'any-order' };
    case FRAME_TYPES['keep-alive']:
      return { type: 'keep-alive' };
    case FRAME_TYPES.have:
      return { type: 'have', index: reader.index() };
    case FRAME_TYPES['have-many']:
      return { type: 'have-many', indices: reader.indices() };
    case FRAME_TYPES.request:
      return readRequest(reader);
    case FRAME_TYPES.cancel:
      return { type: 'cancel', index: reader.index() };
    case FRAME_TYPES.reject:
      return { type: 'reject', index: reader.index(), reason: named(reader, REJECT_REASONS, 'reason') };
    case FRAME_TYPES.bitfield:
      return { type: 'bitfield', bits: reader.raw(reader.restBytes) };
    case FRAME_TYPES.handshake:
      return readHandshake(reader);
    case FRAME_TYPES.announce:
      return readAnnounce(reader);
    case FRAME_TYPES.peers:
      return readPeers(reader);
    default:
      throw new RemoteProtocolError(`unknown frame type ${type}`);
  }
}

function readRequest(reader: FieldReader): Request {
  const index = reader.index();
  if (reader.restBytes === 0) return { type: 'request', index };
  if (reader.restBytes < 8) throw new RemoteProtocolError('request that ends within its offset');
  const offset = reader.u53('offset');
  if (offset === 0) throw new RemoteProtocolError('request with an offset of 0');
  return { type: 'request', index, offset };
}

function readHandshake(reader: FieldReader): Handshake {
  const version = reader.u8('version');
  const port = reader.u16('port');
  const totalChunks = reader.u32('total chunks', BITFIELD_BYTES_MAX * 8);
  const nameBytes = reader.raw(reader.u8('bytes of the name', NAME_BYTES_MAX));
  return { type: 'handshake', version, name: decodeUtf8(nameBytes), port, totalChunks };
}

function readAnnounce(reader: FieldReader): Announce {
  const event = named(reader, ANNOUNCE_EVENTS, 'event');
  const wanted = reader.u8('wanted peers', PEERS_MAX);
  const bits = reader.raw(reader.u32('bytes of the bitfield', BITFIELD_BYTES_MAX));
  return { type: 'announce', event, wanted, bits, claims: reader.claims() };
}

function readPeers(reader: FieldReader): Peers {
  const intervalMs = reader.u32('interval');
  const count = reader.u8('number of peers', PEERS_MAX);
  const peers: PeerEntry[] = [];
  let bitsBytes = 0;
  for (let number = 0; number < count; number++) {
    const peer = readPeer(reader);
    bitsBytes += peer.bits?.length ?? 0;
    if (bitsBytes > PEERS_BITS_BYTES_MAX) throw new RemoteProtocolError('too many bitfields in peers');
    peers.push(peer);
  }
  return { type: 'peers', peers, agreed: reader.claims(), intervalMs };
}

function readPeer(reader: FieldReader): PeerEntry {
  const flags = reader.u8('flags', PEER_SPEAKS_SWARM | PEER_HAS_BITS);
  const port = reader.u16('port', 1);
  const host = String.fromCharCode(...reader.raw(reader.u8('length of the host')));
  if (!/^[!-+\--~]+$/.test(host)) throw new RemoteProtocolError('host is not printable ASCII');
  const protocol = (flags & PEER_SPEAKS_SWARM) !== 0 ? 'swarm' : 'spec';
  const address = { host, port };
  if ((flags & PEER_HAS_BITS) === 0) return { address, protocol };
  return { address, protocol, bits: reader.raw(reader.u32('bytes of the bitfield', BITFIELD_BYTES_MAX)) };
}

function named<T>(reader: FieldReader, names: readonly T[], what: string): T {
  return names[reader.u8(what, names.length - 1)]!;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    throw new RemoteProtocolError('name is not UTF-8', { cause: error });
  }
}
