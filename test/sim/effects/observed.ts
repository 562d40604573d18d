/** What tests of effects look at in a run, by the name of a peer. */
import { addressKey } from '../../../src/core/address.ts';
import type { ChunkReceived } from '../../../src/core/events.ts';
import type { PeerFigures } from '../../../src/sim/result/result.ts';
import { eventsOf } from '../fault-run.ts';
import type { EffectRun } from './effect.ts';

/** Each message may pass half a millisecond before its time at each of the two links that it goes through. */
export const EARLY_MS = 2;

export function peerOf({ result }: EffectRun, name: string): PeerFigures {
  const found = result.peers.find((peer) => peer.name === name);
  if (found === undefined) throw new Error(`no peer ${name} among the figures`);
  return found;
}

/** Chunks that a peer received, in order of time; with `from` only those of this sender. */
export function receivedBy({ record }: EffectRun, name: string, from?: string): ChunkReceived[] {
  const received = eventsOf(record, 'chunk-received', name);
  if (from === undefined) return received;
  const senders = eventsOf(record, 'peer-joined', from).map(({ address }) => addressKey(address));
  return received.filter((chunk) => senders.includes(addressKey(chunk.from)));
}

/** How long each chunk took from its request to its last byte, the shortest first. */
export function tookMs(run: EffectRun, name: string): number[] {
  return receivedBy(run, name)
    .map((chunk) => chunk.tookMs)
    .sort((a, b) => a - b);
}

/** The work is done once, by whoever asks first; its outcome is for all. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let outcome: Promise<T> | undefined;
  return () => (outcome ??= work());
}
