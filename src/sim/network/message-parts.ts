import type { Body } from '../../core/interfaces.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { blockBytes } from './link-sizes.ts';

/** Of what takes longer on a link than this, its receiver sees the beginning first. */
const PART_MS = 250;

/** What stands for bytes in virtual time: where they lie. */
interface Token extends Body {
  readonly offset: number;
}

/** How much of a message may come at a time at this rate: what takes about a quarter of a second, at least a block. */
export function partBytes(bytesPerSec: number): number {
  return Math.max(blockBytes(bytesPerSec), Math.floor((bytesPerSec * PART_MS) / SECOND_MS));
}

export interface MessagePart {
  readonly message: Message;
  /** On the wire: all parts together as many as the message. */
  readonly bytes: number;
}

/**
 * Cuts what a message carries of a chunk into messages with at most so many bytes of it, as a stream of bytes is read
 * when it comes slowly. Others stay whole: a receiver has no use for a part of them.
 */
export function partsOf(message: Message, bytes: number, mostBytes: number): MessagePart[] {
  const isCut = (message.type === 'chunk' || message.type === 'raw') && message.body.byteLength > mostBytes;
  if (!isCut) return [{ message, bytes }];
  const { body } = message;
  const headBytes = bytes - body.byteLength;
  const parts: MessagePart[] = [];
  for (let from = 0; from < body.byteLength; from += mostBytes) {
    const to = Math.min(from + mostBytes, body.byteLength);
    parts.push({ message: partOf(message, from, to), bytes: to - from + (from === 0 ? headBytes : 0) });
  }
  return parts;
}

/** The message with these bytes of its body alone. */
export function partOf<Part extends Extract<Message, { type: 'chunk' | 'raw' }>>(
  message: Part,
  from: number,
  to: number,
): Part {
  const body = bytesOf(message.body, from, to);
  return message.type === 'chunk'
    ? { ...message, offset: message.offset + from, body }
    : { ...message, body };
}

function bytesOf(body: Body, from: number, to: number): Body {
  if (body instanceof Uint8Array) return body.subarray(from, to);
  return { ...body, offset: (body as Token).offset + from, byteLength: to - from } as Token;
}
