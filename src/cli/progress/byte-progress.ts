import { SingleBar } from 'cli-progress';
import { formatBytes } from '../../sim/units/format.ts';
import { barLine } from './progress-line.ts';
import { canRedraw, columnsOf } from '../output/terminal.ts';
import { TimeLeft } from './time-left.ts';

/** A bar on stderr that follows bytes; silent where stderr is no terminal that can redraw a line. */
export class ByteProgress {
  readonly #verb: string;
  readonly #bar: SingleBar | undefined;
  readonly #timeLeft = new TimeLeft();
  readonly #beganMs = performance.now();

  constructor(verb: string) {
    this.#verb = verb;
    if (!canRedraw(process.stderr)) return;
    this.#bar = new SingleBar({
      stream: process.stderr,
      format: (_options, _params, { line = '' }: { readonly line?: string }) => line,
      clearOnComplete: true,
      hideCursor: true,
    });
  }

  update(doneBytes: number, totalBytes: number): void {
    if (this.#bar === undefined) return;
    const atMs = performance.now() - this.#beganMs;
    const share = totalBytes === 0 ? 1 : doneBytes / totalBytes;
    this.#timeLeft.update(atMs, share, false);
    const left = this.#timeLeft.say(atMs);
    const done = `${Math.floor(share * 100)}% of ${formatBytes(totalBytes)}`;
    const line = barLine(
      this.#verb,
      share,
      [left === '' ? done : `${done}, ${left}`],
      columnsOf(process.stderr) - 1,
    );
    if (this.#bar.isActive) this.#bar.update(doneBytes, { line });
    else this.#bar.start(totalBytes, doneBytes, { line });
  }

  /** Takes the bar away. Idempotent. */
  stop(): void {
    this.#bar?.stop();
  }
}
