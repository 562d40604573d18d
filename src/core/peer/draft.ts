import { addressKey } from '../address.ts';
import type { Sent } from '../events.ts';
import type { Address, Body, ChunkInfo, ChunkWriter } from '../interfaces.ts';

/** What one sender has sent of a chunk; `key`: of its address. */
interface Share {
  readonly key: string;
  readonly from: Address;
  bytes: number;
}

/**
 * What has come of a chunk so far, in order. Several downloads may bring it, one after another or at once: what is
 * here need not be fetched again.
 */
export class Draft {
  readonly index: number;
  /** What it is to be; undefined: nothing tells. */
  readonly hash: string | undefined;
  readonly #writer: ChunkWriter;
  /** In the order in which they began to send: hardly ever more than one. */
  readonly #shares: Share[] = [];
  /** Of who sent the last part. */
  #last: Share | undefined;
  #over = false;
  /** Downloads that bring it now. */
  users = 0;

  constructor(index: number, writer: ChunkWriter, hash: string | undefined) {
    this.index = index;
    this.#writer = writer;
    this.hash = hash;
  }

  get bytes(): number {
    return this.#writer.writtenBytes;
  }

  /** It was committed or discarded. */
  get over(): boolean {
    return this.#over;
  }

  /** Keys of the addresses that sent some of it. */
  get senders(): readonly string[] {
    return this.#shares.map(({ key }) => key);
  }

  /** The bytes that each sender sent; `last`, by default the sender of the last part, comes first. */
  sent(last: Address = this.#last!.from): Sent {
    const { bytes } = this;
    if (this.#shares.length === 1 && this.#last?.from === last) return { from: last, bytes };
    const lastKey = addressKey(last);
    const earlier = this.#shares
      .filter(({ key }) => key !== lastKey)
      .map((share) => ({ from: share.from, bytes: share.bytes }));
    return { from: last, bytes, ...(earlier.length > 0 && { earlier }) };
  }

  agrees(): boolean {
    return !this.#over && this.#writer.agrees();
  }

  /** It was begun for another content than the one that is agreed on by now. */
  isOutdated(agreed: ChunkInfo | undefined): boolean {
    return this.hash !== undefined && agreed !== undefined && agreed.hash !== this.hash;
  }

  /**
   * Takes what of a part is new. `offset`: where the part begins, at most `bytes`. Returns the number of new bytes.
   * @throws {StoreError} the store cannot keep it; the draft is then to be discarded
   */
  write(from: Address, body: Body, offset: number): number {
    const known = this.bytes - offset;
    const newBytes = body.byteLength - known;
    if (newBytes <= 0) return 0;
    this.#writer.write(body, known);
    const share = this.#last?.from === from ? this.#last : this.#shareOf(from);
    share.bytes += newBytes;
    this.#last = share;
    return newBytes;
  }

  #shareOf(from: Address): Share {
    const key = addressKey(from);
    let share = this.#shares.find((other) => other.key === key);
    if (share === undefined) this.#shares.push((share = { key, from, bytes: 0 }));
    return share;
  }

  /** See `ChunkWriter.commit`. @throws {StoreError} the store cannot keep it; the draft is then to be discarded */
  commit(agreed?: ChunkInfo): ChunkInfo | undefined {
    const info = this.#writer.commit(agreed);
    this.#over = true;
    return info;
  }

  discard(): void {
    this.#over = true;
    this.#writer.discard();
  }
}
