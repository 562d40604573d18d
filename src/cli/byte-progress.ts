import { SingleBar } from 'cli-progress';
import { formatBytes } from '../core/units.ts';

/** A bar on stderr that follows bytes; silent where stderr is no terminal. */
export class ByteProgress {
  readonly #bar: SingleBar;

  constructor(verb: string) {
    this.#bar = new SingleBar({
      format: `${verb} {bar} {percentage}% of {size}, {eta_formatted} left`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
    });
  }

  update(doneBytes: number, totalBytes: number): void {
    if (this.#bar.isActive) this.#bar.update(doneBytes);
    else this.#bar.start(totalBytes, doneBytes, { size: formatBytes(totalBytes) });
  }

  /** Takes the bar away. Idempotent. */
  stop(): void {
    this.#bar.stop();
  }
}
