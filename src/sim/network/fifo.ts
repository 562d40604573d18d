/** First in, first out, without moving what waits. */
export class Fifo<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  peek(): T | undefined {
    return this.#items[this.#head];
  }

  shift(): T | undefined {
    const item = this.#items[this.#head];
    if (this.#head === this.#items.length) return undefined;
    this.#items[this.#head++] = undefined;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head > 1024 && this.#head > this.#items.length / 2) this.#compact();
    return item;
  }

  /** How many of the first items the predicate holds for, up to the first for which it does not. */
  countWhile(predicate: (item: T) => boolean): number {
    let at = this.#head;
    while (at < this.#items.length && predicate(this.#items[at] as T)) at++;
    return at - this.#head;
  }

  clear(): void {
    this.#items.length = 0;
    this.#head = 0;
  }

  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
