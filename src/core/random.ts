import seedrandom from 'seedrandom';
import { LocalProtocolError } from './errors.ts';
import type { Random } from './interfaces.ts';

/** A reproducible stream of numbers: the same seed gives the same stream on every machine (Alea of seedrandom). */
export function seededRandom(seed: string): Random {
  const next = seedrandom.alea(seed);
  return {
    next: () => next(),
    int(bound) {
      if (bound < 1) throw new LocalProtocolError(`random integer below ${bound}`);
      return Math.floor(next() * bound);
    },
    fork: (label) => seededRandom(`${seed}/${label}`),
  };
}

/** One of the items, each as likely; `undefined` when there are none. */
export function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items.length === 0 ? undefined : items[random.int(items.length)];
}

/** A new array in random order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = random.int(last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

/** Up to `count` different items in random order. */
export function sample<T>(items: readonly T[], count: number, random: Random): T[] {
  return shuffled(items, random).slice(0, count);
}
