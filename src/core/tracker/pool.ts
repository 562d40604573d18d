import type { Random } from '../interfaces.ts';

interface Pooled {
  /** Where the member stands in its pool; -1 outside. Kept by the pool. */
  poolAt: number;
}

/** Members that can be drawn at random; adding, removing and a draw take constant time. */
export class Pool<T extends Pooled> {
  readonly #members: T[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: T): void {
    if (member.poolAt !== -1) return;
    member.poolAt = this.#members.length;
    this.#members.push(member);
  }

  remove(member: T): void {
    if (member.poolAt === -1) return;
    const last = this.#members.pop()!;
    if (last !== member) {
      this.#members[member.poolAt] = last;
      last.poolAt = member.poolAt;
    }
    member.poolAt = -1;
  }

  /** All members, each once, in random order; costs only what is taken (Fisher and Yates, over a sparse copy). */
  *draw(random: Random): IterableIterator<T> {
    const moved = new Map<number, number>();
    for (let at = 0; at < this.#members.length; at++) {
      const other = at + random.int(this.#members.length - at);
      const drawn = moved.get(other) ?? other;
      moved.set(other, moved.get(at) ?? at);
      yield this.#members[drawn]!;
    }
  }
}
