/** How a run is going, on stderr: a bar for a person, a line now and then for a pipe or a build machine. */
import { SingleBar } from 'cli-progress';
import { SECOND_MS } from '../../core/units.ts';
import type { RunProgress } from '../../sim/engines/engine.ts';
import { fitted } from '../output/program-output.ts';
import { describeProgress, progressLine } from './progress-line.ts';
import { canRedraw, columnsOf } from '../output/terminal.ts';
import { TimeLeft } from './time-left.ts';

export interface ProgressView {
  /** Before the swarm is ready. */
  say(line: string): void;
  /** The swarm is ready and begins. */
  ready(line: string): void;
  update(progress: RunProgress): void;
  /** The run is over; takes the bar away. Idempotent. */
  stop(): void;
}

export interface ProgressOptions {
  readonly quiet: boolean;
  readonly env?: NodeJS.ProcessEnv;
  /** What is left besides this run, in words, by the time that this run still needs; for the end of the line. */
  readonly afterwards?: (leftMs: number | null) => string;
}

export function progressView(
  label: string,
  stream: NodeJS.WriteStream,
  { quiet, env = process.env, afterwards = () => '' }: ProgressOptions,
): ProgressView {
  if (quiet) return silence;
  return canRedraw(stream, env)
    ? new ProgressBar(label, stream, afterwards)
    : new ProgressLines(label, stream, afterwards);
}

const silence: ProgressView = {
  say: () => undefined,
  ready: () => undefined,
  update: () => undefined,
  stop: () => undefined,
};

/** In a log, a line each 10 % and no more than one in 10 s. */
const LINE_SHARE = 0.1;
const LINE_EVERY_MS = 10 * SECOND_MS;

class ProgressLines implements ProgressView {
  readonly #label: string;
  readonly #stream: NodeJS.WritableStream;
  readonly #afterwards: NonNullable<ProgressOptions['afterwards']>;
  readonly #timeLeft = new TimeLeft();
  #said = { atMs: 0, tenths: 0 };

  constructor(
    label: string,
    stream: NodeJS.WritableStream,
    afterwards: NonNullable<ProgressOptions['afterwards']>,
  ) {
    this.#label = label;
    this.#stream = stream;
    this.#afterwards = afterwards;
  }

  say(line: string): void {
    this.#stream.write(`${this.#label}: ${line}\n`);
  }

  ready(line: string): void {
    this.say(line);
  }

  update(progress: RunProgress): void {
    const { atMs, completion, bytesPerSec } = progress;
    this.#timeLeft.update(atMs, completion, bytesPerSec > 0);
    const tenths = Math.floor(completion / LINE_SHARE + 1e-9);
    if (atMs - this.#said.atMs < LINE_EVERY_MS || tenths <= this.#said.tenths) return;
    this.#said = { atMs, tenths };
    this.say(describeProgress(progress, ending(this.#timeLeft, atMs, this.#afterwards)));
  }

  stop(): void {
    // Lines are written as they come.
  }
}

class ProgressBar implements ProgressView {
  readonly #label: string;
  readonly #stream: NodeJS.WriteStream;
  readonly #afterwards: NonNullable<ProgressOptions['afterwards']>;
  readonly #timeLeft = new TimeLeft();
  readonly #bar: SingleBar;

  constructor(
    label: string,
    stream: NodeJS.WriteStream,
    afterwards: NonNullable<ProgressOptions['afterwards']>,
  ) {
    this.#label = label;
    this.#stream = stream;
    this.#afterwards = afterwards;
    this.#bar = new SingleBar({
      stream,
      format: (_options, _params, { line = '' }: { readonly line?: string }) => line,
      hideCursor: true,
      clearOnComplete: true,
    });
  }

  say(line: string): void {
    this.#stream.write(`${fitted(`${this.#label}: ${line}`, this.#stream)}\n`);
  }

  ready(line: string): void {
    this.say(line);
    this.#bar.start(1, 0, { line: '' });
  }

  update(progress: RunProgress): void {
    const { atMs, completion, bytesPerSec } = progress;
    this.#timeLeft.update(atMs, completion, bytesPerSec > 0);
    const end = ending(this.#timeLeft, atMs, this.#afterwards);
    // In the last column some terminals begin a new line.
    const columns = columnsOf(this.#stream) - 1;
    this.#bar.update(completion, { line: progressLine(this.#label, progress, end, columns) });
  }

  stop(): void {
    this.#bar.stop();
  }
}

function ending(
  timeLeft: TimeLeft,
  atMs: number,
  afterwards: NonNullable<ProgressOptions['afterwards']>,
): string {
  const own = timeLeft.say(atMs);
  const rest = afterwards(timeLeft.leftMs(atMs));
  return rest === '' ? own : own === '' ? rest : `${own}, ${rest}`;
}
