import type { ListenOptions, Listener } from '../../../../core/interfaces.ts';

/** First port given to those who do not ask for one. */
const FREE_PORT_MIN = 49_152;
const PORT_MAX = 65_535;

/** The ports of one host. */
export class Ports {
  readonly listeners = new Map<number, FluidListener>();
  #next = FREE_PORT_MIN;

  free(): number {
    do {
      this.#next = this.#next === PORT_MAX ? FREE_PORT_MIN : this.#next + 1;
    } while (this.listeners.has(this.#next));
    return this.#next;
  }

  /** Why nobody can listen there; undefined: somebody can. */
  trouble(port: number): string | undefined {
    if (!(port >= 1 && port <= PORT_MAX)) {
      return 'does not exist: choose a port from 1 to 65535, or 0 for any free one';
    }
    return this.listeners.has(port)
      ? 'is in use: stop the program that listens there, or choose another port'
      : undefined;
  }
}

export class FluidListener implements Listener {
  readonly options: ListenOptions;
  closed = false;
  /** It never got its port. */
  broken = false;
  readonly #release: () => void;

  constructor(options: ListenOptions, release: () => void) {
    this.options = options;
    this.#release = release;
  }

  close(): void {
    if (!this.closed && !this.broken) this.#release();
    this.closed = true;
  }
}
