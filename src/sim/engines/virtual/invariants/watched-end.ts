import type { Message } from '../../../../core/protocol/messages.ts';
import type { ConnectionWatch } from '../../../network/meter.ts';
import type { Pair } from './conserved-bytes.ts';
import type { Shown } from './shown-chunks.ts';

export interface WatchedEndOptions {
  readonly host: string;
  readonly remoteHost: string;
  readonly openedMs: number;
  readonly out: Pair;
  readonly in: Pair;
  readonly shown: Shown;
  onRequest(end: WatchedEnd, index: number): void;
  /** Told on connections to the tracker alone. */
  readonly onTold: ((message: Message) => void) | undefined;
  onClosed(end: WatchedEnd): void;
}

/** One end of a connection, with what invariants need to know of its messages. */
export class WatchedEnd implements ConnectionWatch {
  readonly options: WatchedEndOptions;
  readonly #out: Pair;
  readonly #in: Pair;
  readonly #shown: Shown;
  readonly #onTold: ((message: Message) => void) | undefined;

  constructor(options: WatchedEndOptions) {
    this.options = options;
    this.#out = options.out;
    this.#in = options.in;
    this.#shown = options.shown;
    this.#onTold = options.onTold;
    this.#out.openEnds++;
    this.#in.openEnds++;
  }

  sent(message: Message, bytes: number): void {
    this.#out.sentBytes += bytes;
    if (message.type === 'request') this.options.onRequest(this, message.index);
  }

  received(message: Message, bytes: number): void {
    this.#in.receivedBytes += bytes;
    this.#shown.received(message);
    this.#onTold?.(message);
  }

  closed(): void {
    this.options.onClosed(this);
  }
}
