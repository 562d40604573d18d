/** Draws for scenarios. */
import type { Random } from '../../core/interfaces.ts';

export function always<Value>(value: Value): () => Value {
  return () => value;
}

export function oneIn(random: Random, count: number): boolean {
  return random.int(count) === 0;
}

export function either<A, B>(random: Random, a: A, b: B): A | B {
  return random.int(2) === 0 ? a : b;
}

/** Whole, both included. */
export function between(random: Random, from: number, to: number): number {
  return from + random.int(to - from + 1);
}

export function logUniform(random: Random, from: number, to: number): number {
  return from * Math.exp(random.next() * Math.log(to / from));
}
