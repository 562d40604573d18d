import type { Message } from './messages.ts';
import { specMessageBytes } from './spec/encode.ts';
import { SWARM_MAGIC } from './swarm/magic.ts';
import { swarmMessageBytes } from './swarm/size.ts';
import { isSwarmMessage } from './swarm-message.ts';

/**
 * Bytes of a message on the wire, exactly, in either protocol; a handshake counts with the magic that goes before
 * it. Does not look into bodies: a token counts with the length it stands for.
 */
export function messageBytes(message: Message): number {
  if (!isSwarmMessage(message)) return specMessageBytes(message);
  const magicBytes = message.type === 'handshake' ? SWARM_MAGIC.length : 0;
  return magicBytes + swarmMessageBytes(message);
}

/** Of these, the bytes of a chunk's content; everything else is control. */
export function payloadBytes(message: Message): number {
  return message.type === 'chunk' || message.type === 'raw' ? message.body.byteLength : 0;
}
