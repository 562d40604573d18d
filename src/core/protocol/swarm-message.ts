import type { Message, SwarmMessage } from './messages.ts';

/** Whether the message is of our protocol; else it is of the classic one. */
export function isSwarmMessage(message: Message): message is SwarmMessage {
  const { type } = message;
  const isTracked = type === 'local-chunk' || type === 'where-chunk' || type === 'chunk-from';
  return !isTracked && type !== 'chunk-unknown' && type !== 'request-chunk' && type !== 'raw';
}
