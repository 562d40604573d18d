import type { Message, SwarmMessage } from './messages.ts';

const SPEC_TYPES: ReadonlySet<Message['type']> = new Set([
  'local-chunk',
  'where-chunk',
  'chunk-from',
  'chunk-unknown',
  'request-chunk',
  'raw',
]);

/** Whether the message is of our protocol; else it is of the classic one. */
export function isSwarmMessage(message: Message): message is SwarmMessage {
  return !SPEC_TYPES.has(message.type);
}
