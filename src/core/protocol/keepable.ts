import type { Message } from './messages.ts';

/**
 * The message with a body of its own, for keeping it longer than `onMessage` lasts. Bodies that are not bytes (tokens)
 * stay as they are.
 */
export function keepable(message: Message): Message {
  if ((message.type !== 'chunk' && message.type !== 'raw') || !(message.body instanceof Uint8Array)) {
    return message;
  }
  return { ...message, body: new Uint8Array(message.body) };
}
