/** How many of several runs at once are over: a bar for a person, a line now and then for a pipe or a build machine. */
import { SingleBar } from 'cli-progress';
import { SECOND_MS } from '../../core/units.ts';
import { fitted } from '../output/program-output.ts';
import { canRedraw, columnsOf } from '../output/terminal.ts';
import { barLine } from './progress-line.ts';
import { roughly } from './time-left.ts';

export interface RunsProgressOptions {
  /** At most. */
  readonly runs: number;
  readonly mayBeFewer: boolean;
  readonly quiet: boolean;
  /** More that a person wants to know, such as who does the runs; empty for nothing. */
  readonly note?: () => string;
  readonly env?: NodeJS.ProcessEnv;
  /** Of a clock in milliseconds. */
  readonly now?: () => number;
}

/** In a log, a line each 10 % and no more than one in 10 s. */
const LINE_SHARE = 0.1;
const LINE_EVERY_MS = 10 * SECOND_MS;

export class RunsProgress {
  readonly #stream: NodeJS.WriteStream;
  readonly #runs: number;
  readonly #mayBeFewer: boolean;
  readonly #quiet: boolean;
  readonly #note: () => string;
  readonly #now: () => number;
  readonly #beganMs: number;
  readonly #bar: SingleBar | undefined;
  #over = 0;
  #told: { readonly over: number; readonly atMs: number };

  constructor(
    stream: NodeJS.WriteStream,
    {
      runs,
      mayBeFewer,
      quiet,
      note = () => '',
      env = process.env,
      now = () => performance.now(),
    }: RunsProgressOptions,
  ) {
    this.#stream = stream;
    this.#runs = runs;
    this.#mayBeFewer = mayBeFewer;
    this.#quiet = quiet;
    this.#note = note;
    this.#now = now;
    this.#beganMs = now();
    this.#told = { over: 0, atMs: this.#beganMs };
    if (quiet || !canRedraw(stream, env)) return;
    this.#bar = new SingleBar({
      stream,
      format: (_options, _params, { line = '' }: { readonly line?: string }) => line,
      hideCursor: true,
      clearOnComplete: true,
    });
  }

  /** A run is over, and what was told of it stands above. */
  end(): void {
    this.#over++;
    if (this.#quiet || this.#over >= this.#runs) this.stop();
    else if (this.#bar !== undefined) this.#draw(this.#bar);
    else this.#tellLine();
  }

  /** Takes the bar away, for another text or because all is over; the next end of a run draws it again. Idempotent. */
  stop(): void {
    this.#bar?.stop();
  }

  #draw(bar: SingleBar): void {
    const line = barLine(
      `${this.#over} of ${this.#runs} runs`,
      this.#over / this.#runs,
      [this.#left()],
      columnsOf(this.#stream) - 1,
    );
    if (bar.isActive) bar.update(this.#over, { line });
    else bar.start(this.#runs, this.#over, { line });
  }

  #tellLine(): void {
    const atMs = this.#now();
    const isMore = this.#over - this.#told.over >= this.#runs * LINE_SHARE;
    if (!isMore || atMs - this.#told.atMs < LINE_EVERY_MS) return;
    this.#told = { over: this.#over, atMs };
    this.#stream.write(`${fitted(`${this.#over} of ${this.#runs} runs, ${this.#left()}`, this.#stream)}\n`);
  }

  #left(): string {
    const leftMs = ((this.#now() - this.#beganMs) / this.#over) * (this.#runs - this.#over);
    const left = `${this.#mayBeFewer ? 'at most ' : ''}about ${roughly(leftMs)} left`;
    const note = this.#note();
    return note === '' ? left : `${left}, ${note}`;
  }
}
