import { ConfigError } from '../../errors.ts';
import type { Random } from '../../interfaces.ts';
import { shuffled } from '../../random.ts';

/**
 * Deals chunks to peers like cards: each chunk to exactly `overlap` different peers, so that at any moment the
 * peers' numbers of chunks differ by one at most. Which peers is up to `random`.
 *
 * @returns a function that gives the next chunk's holders, numbers from 0 to `peers` - 1, ascending
 * @throws {ConfigError} overlap outside 1 to `peers`
 */
export function dealer(peers: number, overlap: number, random: Random): () => number[] {
  if (!(overlap >= 1 && overlap <= peers)) {
    throw new ConfigError(
      `the overlap is ${overlap}, but it must be from 1 to the number of peers (${peers})`,
    );
  }
  const everyone = Array.from({ length: peers }, (_, peer) => peer);
  let deck: number[] = [];
  return () => {
    const holders = new Set<number>();
    const again: number[] = [];
    while (holders.size < overlap) {
      if (deck.length === 0) deck = shuffled(everyone, random);
      const peer = deck.pop()!;
      if (holders.has(peer)) again.push(peer);
      else holders.add(peer);
    }
    // A peer that got this chunk from the end of one deck keeps its place in the next.
    deck.push(...again);
    return [...holders].sort((a, b) => a - b);
  };
}
