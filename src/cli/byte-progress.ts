import { SingleBar } from 'cli-progress';
import { formatBytes } from '../sim/units/format.ts';
import { canRedraw } from './terminal.ts';

/** A bar on stderr that follows bytes; silent where stderr is no terminal that can redraw a line. */
export class ByteProgress {
  readonly #bar: SingleBar | undefined;

  constructor(verb: string) {
    if (!canRedraw(process.stderr)) return;
    this.#bar = new SingleBar({
      format: `${verb} {bar} {percentage}% of {size}, {eta_formatted} left`,
      stream: process.stderr,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 30,
    });
  }

  update(doneBytes: number, totalBytes: number): void {
    if (this.#bar === undefined) return;
    if (this.#bar.isActive) this.#bar.update(doneBytes);
    else this.#bar.start(totalBytes, doneBytes, { size: formatBytes(totalBytes) });
  }

  /** Takes the bar away. Idempotent. */
  stop(): void {
    this.#bar?.stop();
  }
}
