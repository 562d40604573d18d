import { assertNever } from '../../errors.ts';
import type { PeerEntry, SwarmMessage } from '../messages.ts';
import { CHUNK_HEAD_BYTES, CLAIM_BYTES, FRAME_HEAD_BYTES, REQUEST_REST_BYTES } from './frame-types.ts';

const utf8 = new TextEncoder();

/** Bytes of a message's frame on the wire, exactly, its body included. Does not look into bodies. */
export function swarmMessageBytes(message: SwarmMessage): number {
  return FRAME_HEAD_BYTES + payloadBytes(message);
}

function payloadBytes(message: SwarmMessage): number {
  switch (message.type) {
    case 'choke':
    case 'unchoke':
    case 'interested':
    case 'not-interested':
    case 'keep-alive':
    case 'resumes':
    case 'any-order':
      return 0;
    case 'have':
    case 'cancel':
      return 4;
    case 'request':
      return message.offset === undefined ? 4 : REQUEST_REST_BYTES;
    case 'have-many':
      return 4 * message.indices.length;
    case 'reject':
      return 5;
    case 'bitfield':
      return message.bits.length;
    case 'chunk':
      return CHUNK_HEAD_BYTES + message.body.byteLength;
    case 'handshake':
      return 8 + utf8.encode(message.name).length;
    case 'announce':
      return 10 + message.bits.length + message.claims.length * CLAIM_BYTES;
    case 'peers':
      return 9 + peerEntriesBytes(message.peers) + message.agreed.length * CLAIM_BYTES;
    default:
      return assertNever(message);
  }
}

function peerEntriesBytes(peers: readonly PeerEntry[]): number {
  let bytes = 0;
  for (const { address, bits } of peers) {
    bytes += 4 + address.host.length + (bits === undefined ? 0 : 4 + bits.length);
  }
  return bytes;
}
