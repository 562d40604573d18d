import { ADDRESSES_MAX, BoundedMap } from '../../bounded-map.ts';
import { IDLE_TIMEOUT_MS } from './fetch.ts';
import type { Holder, Running, Task } from './task.ts';

/** Transfers of one chunk at a time. */
const COPIES_MAX = 2;
/** A second one is worth its trouble only when it should be over so much sooner than the first. */
const GAIN_MIN = 3;
const GAIN_MIN_MS = 1500;

export interface Situation {
  readonly nowMs: number;
  readonly running: Iterable<Running>;
  /** Of each chunk that is on its way. */
  readonly tasks: ReadonlyMap<number, Task>;
  /** About how large the chunk is; 0: nobody knows. */
  readonly bytesOf: (index: number) => number;
  /** Whether this holder is idle, and may be asked for the chunk. */
  readonly mayAsk: (holder: Holder, index: number) => boolean;
}

export interface SecondTransfer {
  readonly task: Task;
  readonly holder: Holder;
}

/**
 * Which slow transfer is worth a second one beside it, from another holder, when there is nothing else to ask for. Goes
 * by how long those took that have given a chunk. The spec protocol knows no offset, so the second one is of the whole.
 */
export class SpecEndGame {
  readonly #tookMs = new BoundedMap<string, number>(ADDRESSES_MAX);

  /** The holder has given a whole chunk in so long. */
  gave(holder: string, tookMs: number): void {
    this.#tookMs.set(holder, tookMs);
  }

  /** It could not be reached, or broke off: who does so again and again must not keep the chunk from the others. */
  failed(holder: string): void {
    this.#tookMs.set(holder, 2 * this.#expectedMs(holder));
  }

  /** The one that gains most; undefined: none is worth it. */
  choose({ running, tasks, nowMs, bytesOf, mayAsk }: Situation): SecondTransfer | undefined {
    const all = [...running];
    let best: (SecondTransfer & { readonly gainMs: number }) | undefined;
    for (const transfer of all) {
      const task = tasks.get(transfer.index);
      const copies = all.filter(({ index }) => index === transfer.index).length;
      if (task === undefined || copies >= COPIES_MAX) continue;
      const restMs = expectedMs(transfer, bytesOf(task.index), nowMs);
      for (const holder of task.holders) {
        const hereMs = this.#expectedMs(holder.key);
        const gainMs = restMs - hereMs;
        if (restMs < hereMs * GAIN_MIN + GAIN_MIN_MS || gainMs <= (best?.gainMs ?? 0)) continue;
        if (mayAsk(holder, task.index)) best = { task, holder, gainMs };
      }
    }
    return best;
  }

  #expectedMs(holder: string): number {
    return this.#tookMs.get(holder) ?? IDLE_TIMEOUT_MS;
  }
}

/** How long the rest should take. Who has sent nothing yet may need as long again. */
function expectedMs({ fetch, begunMs }: Running, bytes: number, nowMs: number): number {
  const tookMs = nowMs - begunMs;
  const { receivedBytes } = fetch.download;
  if (receivedBytes === 0) return tookMs;
  return (Math.max(0, bytes - receivedBytes) / receivedBytes) * tookMs;
}
