/** What spec clients say to a tracker, and what it answers, as values. Peers listen on `localhost`. */
import type { Message } from '../../src/core/protocol/messages.ts';
import { hashOf, type TrackerStage } from './tracker-stage.ts';

export const at = (port: number) => ({ host: 'localhost', port });
export const local = (index: number, port: number, letter?: string): Message => ({
  type: 'local-chunk',
  index,
  ...(letter === undefined ? {} : { hash: hashOf(letter) }),
  holder: at(port),
});
export const where = (index: number): Message => ({ type: 'where-chunk', index });
export const known = (index: number, ...ports: number[]): Message => ({
  type: 'chunk-from',
  index,
  holders: ports.map(at),
  terminated: true,
});
export const knownByHash = (index: number, letter: string, ...ports: number[]): Message => ({
  ...(known(index, ...ports) as Extract<Message, { type: 'chunk-from' }>),
  hash: hashOf(letter),
});
export const unknown = (index: number): Message => ({ type: 'chunk-unknown', index, terminated: true });

/** What a client that has not announced anything is told. */
export function answers(stage: TrackerStage, ...indices: number[]): Message[] {
  const asker = stage.spec();
  asker.says(...indices.map(where));
  return asker.got();
}
