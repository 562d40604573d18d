import { once } from 'node:events';
import type { ServerResponse } from 'node:http';

/**
 * One browser that listens by server-sent events. It is sent a state when it has taken the one before: what waits for it
 * is at most one state, however slow it is.
 */
export class NewsReader {
  readonly #response: ServerResponse;
  #waiting: string | undefined;
  #busy = false;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.on('drain', () => {
      this.#busy = false;
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next !== undefined) this.tell(next);
    });
  }

  tell(news: string): void {
    if (this.#busy) this.#waiting = news;
    else this.#busy = !this.#response.write(frame('state', news));
  }

  /** Resolves when the browser has hung up or the time is over. */
  async end(news: string, grace: AbortSignal): Promise<void> {
    this.#waiting = undefined;
    const closed = once(this.#response, 'close', { signal: grace }).catch(() => undefined);
    this.#response.write(frame('end', news));
    await closed;
  }
}

/** @param data without a line break */
function frame(event: string, data: string): string {
  return `event: ${event}\ndata: ${data}\n\n`;
}
