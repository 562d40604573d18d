import type { Message } from '../../core/protocol/messages.ts';

/** What the parts of a chunk need not come before, and what may go between two of them. */
const PASSING: ReadonlySet<Message['type']> = new Set<Message['type']>([
  'have',
  'have-many',
  'interested',
  'not-interested',
  'choke',
  'unchoke',
  'request',
  'cancel',
  'keep-alive',
]);

/** Whether the message may pass parts of chunks that were sent before it on its connection. */
export function passesParts({ type }: Message): boolean {
  return PASSING.has(type);
}
