import { assertNever, LocalProtocolError } from '../../errors.ts';
import type { Body } from '../../interfaces.ts';
import type { Announce, ChunkPart, Handshake, PeerEntry, Peers, Request, SwarmMessage } from '../messages.ts';
import { FieldWriter } from './field-writer.ts';
import {
  ANNOUNCE_EVENTS,
  CHUNK_HEAD_BYTES,
  FRAME_HEAD_BYTES,
  FRAME_TYPES,
  PEER_HAS_BITS,
  PEER_SPEAKS_SWARM,
  REJECT_REASONS,
} from './frame-types.ts';
import {
  BITFIELD_BYTES_MAX,
  FRAME_BYTES_MAX,
  HAVE_MANY_MAX,
  HOST_BYTES_MAX,
  NAME_BYTES_MAX,
  PART_BYTES_MAX,
  PEERS_BITS_BYTES_MAX,
  PEERS_MAX,
} from './limits.ts';
import { swarmMessageBytes } from './size.ts';

const utf8 = new TextEncoder();

/** A frame, ready to be written: `head`, and for a chunk's part right behind it `body`, which is not copied. */
export interface EncodedFrame {
  readonly head: Uint8Array;
  readonly body?: Body;
}

/**
 * Encodes one message as one frame (docs/protocol.md).
 * @throws {LocalProtocolError} a field is outside its range, or the frame above its limit
 */
export function encodeSwarm(message: SwarmMessage): EncodedFrame {
  const totalBytes = swarmMessageBytes(message);
  if (message.type === 'chunk') return { head: encodeChunkHead(message), body: message.body };
  const lengthField = totalBytes - (FRAME_HEAD_BYTES - 1);
  if (lengthField > FRAME_BYTES_MAX) {
    throw new LocalProtocolError(`${message.type} frame of ${lengthField} bytes, above ${FRAME_BYTES_MAX}`);
  }
  const writer = new FieldWriter(totalBytes);
  writer.u32(lengthField, 'frame length');
  writer.u8(FRAME_TYPES[message.type], 'frame type');
  writePayload(writer, message);
  return { head: writer.bytes };
}

function encodeChunkHead(part: ChunkPart): Uint8Array {
  const { index, offset, chunkBytes, body } = part;
  if (body.byteLength > PART_BYTES_MAX) {
    throw new LocalProtocolError(`part of ${body.byteLength} bytes, above ${PART_BYTES_MAX}`);
  }
  if (offset + body.byteLength > chunkBytes || (body.byteLength === 0 && chunkBytes > 0)) {
    throw new LocalProtocolError(
      `part of ${body.byteLength} bytes at ${offset} of a ${chunkBytes} byte chunk`,
    );
  }
  const writer = new FieldWriter(FRAME_HEAD_BYTES + CHUNK_HEAD_BYTES);
  writer.u32(1 + CHUNK_HEAD_BYTES + body.byteLength, 'frame length');
  writer.u8(FRAME_TYPES.chunk, 'frame type');
  writer.index(index);
  writer.u53(offset, 'offset');
  writer.u53(chunkBytes, 'chunk size');
  return writer.bytes;
}

function writePayload(writer: FieldWriter, message: Exclude<SwarmMessage, ChunkPart>): void {
  switch (message.type) {
    case 'choke':
    case 'unchoke':
    case 'interested':
    case 'not-interested':
    case 'keep-alive':
    case 'resumes':
    case 'any-order':
      return;
    case 'have':
    case 'cancel':
      writer.index(message.index);
      return;
    case 'request':
      writeRequest(writer, message);
      return;
    case 'have-many':
      writeIndices(writer, message.indices);
      return;
    case 'reject':
      writer.index(message.index);
      writer.u8(REJECT_REASONS.indexOf(message.reason), 'reason');
      return;
    case 'bitfield':
      writer.raw(checkedBits(message.bits));
      return;
    case 'handshake':
      writeHandshake(writer, message);
      return;
    case 'announce':
      writeAnnounce(writer, message);
      return;
    case 'peers':
      writePeers(writer, message);
      return;
    default:
      assertNever(message);
  }
}

function writeRequest(writer: FieldWriter, { index, offset }: Request): void {
  writer.index(index);
  if (offset === undefined) return;
  if (offset < 1) throw new LocalProtocolError(`request from offset ${offset}: a whole chunk has none`);
  writer.u53(offset, 'offset');
}

function writeIndices(writer: FieldWriter, indices: readonly number[]): void {
  if (indices.length < 1 || indices.length > HAVE_MANY_MAX) {
    throw new LocalProtocolError(`have-many with ${indices.length} indices, not 1 to ${HAVE_MANY_MAX}`);
  }
  for (const index of indices) writer.index(index);
}

function writeHandshake(writer: FieldWriter, message: Handshake): void {
  const name = utf8.encode(message.name);
  writer.u8(message.version, 'version');
  writer.u16(message.port, 'port');
  writer.u32(message.totalChunks, 'total chunks', BITFIELD_BYTES_MAX * 8);
  writer.u8(name.length, 'bytes of the name', NAME_BYTES_MAX);
  writer.raw(name);
}

function writeAnnounce(writer: FieldWriter, message: Announce): void {
  writer.u8(ANNOUNCE_EVENTS.indexOf(message.event), 'event');
  writer.u8(message.wanted, 'wanted peers', PEERS_MAX);
  writer.u32(message.bits.length, 'bytes of the bitfield', BITFIELD_BYTES_MAX);
  writer.raw(message.bits);
  writer.claims(message.claims);
}

function writePeers(writer: FieldWriter, message: Peers): void {
  writer.u32(message.intervalMs, 'interval');
  writer.u8(message.peers.length, 'number of peers', PEERS_MAX);
  let bitsBytes = 0;
  for (const peer of message.peers) {
    writePeer(writer, peer);
    bitsBytes += peer.bits?.length ?? 0;
  }
  if (bitsBytes > PEERS_BITS_BYTES_MAX) {
    throw new LocalProtocolError(`${bitsBytes} bytes of bitfields in peers, above ${PEERS_BITS_BYTES_MAX}`);
  }
  writer.claims(message.agreed);
}

function writePeer(writer: FieldWriter, { address, protocol, bits }: PeerEntry): void {
  if (!/^[!-+\--~]{1,255}$/.test(address.host)) {
    throw new LocalProtocolError(`host is not printable ASCII without blanks and commas: ${address.host}`);
  }
  const speaks = protocol === 'swarm' ? PEER_SPEAKS_SWARM : 0;
  writer.u8(speaks | (bits === undefined ? 0 : PEER_HAS_BITS), 'flags');
  writer.u16(address.port, 'port', 1);
  writer.u8(address.host.length, 'length of the host', HOST_BYTES_MAX);
  writer.ascii(address.host);
  if (bits === undefined) return;
  writer.u32(bits.length, 'bytes of the bitfield', BITFIELD_BYTES_MAX);
  writer.raw(bits);
}

function checkedBits(bits: Uint8Array): Uint8Array {
  if (bits.length <= BITFIELD_BYTES_MAX) return bits;
  throw new LocalProtocolError(`bitfield of ${bits.length} bytes, above ${BITFIELD_BYTES_MAX}`);
}
