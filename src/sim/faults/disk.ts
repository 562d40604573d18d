/** Disks that are full or slow, around a peer's store. */
import { StoreError } from '../../core/errors.ts';
import type { Body, ChunkInfo, ChunkStore, ChunkWriter } from '../../core/interfaces.ts';
import { SECOND_MS } from '../../core/units.ts';
import { ActiveEffects } from './active-effects.ts';

/** Waits shorter than this are saved up: a timer is not exact enough for them. */
const WAIT_MS_MIN = 5;

/**
 * Full: every write fails as the system's would (ENOSPC). Slow: a write keeps the peer busy for as long as the disk
 * needs. The store is synchronous, so that a peer which writes does nothing else; the host's disk is not slowed.
 */
export class FaultyDisk implements ChunkStore {
  readonly full = new ActiveEffects<'disk-full'>();
  readonly slow = new ActiveEffects<'slow-disk'>();
  readonly #store: ChunkStore;
  readonly #keepBusy: (ms: number) => void;
  #owedMs = 0;
  /** Hits are whole numbers. */
  #uncountedMs = 0;

  /** @param keepBusy from now on the peer does nothing for so long, on top of what it has been told before */
  constructor(store: ChunkStore, { keepBusy }: { readonly keepBusy: (ms: number) => void }) {
    this.#store = store;
    this.#keepBusy = keepBusy;
  }

  get totalChunks(): number {
    return this.#store.totalChunks;
  }
  info(index: number): ChunkInfo | undefined {
    return this.#store.info(index);
  }
  read(index: number, offset: number, length: number): Body {
    return this.#store.read(index, offset, length);
  }

  begin(index: number, expected: Partial<ChunkInfo>): ChunkWriter {
    const writer = this.#store.begin(index, expected);
    return {
      get writtenBytes() {
        return writer.writtenBytes;
      },
      agrees: () => writer.agrees(),
      write: (body, skipBytes = 0) => {
        this.#refuseIfFull(index);
        writer.write(body, skipBytes);
        this.#wait(body.byteLength - skipBytes);
      },
      commit: (agreed) => writer.commit(agreed),
      discard: () => writer.discard(),
    };
  }

  #refuseIfFull(index: number): void {
    const full = this.full.first;
    if (full === undefined) return;
    full.count('writesFailed');
    throw new StoreError(`chunk ${index} cannot be written: ENOSPC: no space left on device (injected)`);
  }

  #wait(bytes: number): void {
    const slowest = this.slow.all().toSorted((a, b) => a.effect.bytesPerSec - b.effect.bytesPerSec)[0];
    if (slowest === undefined) return;
    const ms = (bytes * SECOND_MS) / slowest.effect.bytesPerSec;
    slowest.count('bytesWrittenSlowly', bytes);
    this.#owedMs += ms;
    if (this.#owedMs < WAIT_MS_MIN) return;
    this.#uncountedMs += this.#owedMs;
    slowest.count('waitedMs', Math.floor(this.#uncountedMs));
    this.#uncountedMs %= 1;
    this.#keepBusy(this.#owedMs);
    this.#owedMs = 0;
  }
}
