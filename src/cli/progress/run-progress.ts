/** How a run is going, on stderr: a bar for a person, a line now and then for a pipe or a build machine. */
import { MultiBar, type SingleBar } from 'cli-progress';
import { SECOND_MS } from '../../core/units.ts';
import type { RunProgress } from '../../sim/engines/engine.ts';
import { fitted } from '../output/program-output.ts';
import { describeProgress, groupLines, progressLine } from './progress-line.ts';
import { canRedraw, columnsOf } from '../output/terminal.ts';
import { TimeLeft } from './time-left.ts';

export interface ProgressView {
  /** Before the swarm is ready. */
  say(line: string): void;
  /** The swarm is ready and begins. */
  ready(line: string): void;
  update(progress: RunProgress): void;
  /** Something that a person who looks on wants to know; a log has no line of it. */
  happened(line: string): void;
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
    ? new ProgressBars(label, stream, afterwards)
    : new ProgressLines(label, stream, afterwards);
}

const silence: ProgressView = {
  say: () => undefined,
  ready: () => undefined,
  update: () => undefined,
  happened: () => undefined,
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

  happened(): void {
    // The report has it.
  }

  stop(): void {
    // Lines are written as they come.
  }
}

/** More bars than this tell less. */
const GROUPS_MAX = 8;

/** A bar of the whole run and, where several groups have something to get, one below it for each of them. */
class ProgressBars implements ProgressView {
  readonly #label: string;
  readonly #stream: NodeJS.WriteStream;
  readonly #afterwards: NonNullable<ProgressOptions['afterwards']>;
  readonly #timeLeft = new TimeLeft();
  readonly #bars: MultiBar;
  #whole: SingleBar | undefined;
  readonly #groups: SingleBar[] = [];

  constructor(
    label: string,
    stream: NodeJS.WriteStream,
    afterwards: NonNullable<ProgressOptions['afterwards']>,
  ) {
    this.#label = label;
    this.#stream = stream;
    this.#afterwards = afterwards;
    this.#bars = new MultiBar({
      stream,
      format: (_options, _params, { line = '' }: { readonly line?: string }) => line,
      hideCursor: true,
      clearOnComplete: true,
      // A line above the bars moves them down, also those that have not changed.
      forceRedraw: true,
    });
  }

  say(line: string): void {
    this.#stream.write(`${fitted(`${this.#label}: ${line}`, this.#stream)}\n`);
  }

  ready(line: string): void {
    this.say(line);
    this.#whole = this.#bars.create(1, 0, { line: '' });
  }

  update(progress: RunProgress): void {
    // An interrupt has taken the bars away.
    if (!this.#bars.isActive) return;
    const { atMs, completion, bytesPerSec } = progress;
    this.#timeLeft.update(atMs, completion, bytesPerSec > 0);
    const end = ending(this.#timeLeft, atMs, this.#afterwards);
    // In the last column some terminals begin a new line.
    const columns = columnsOf(this.#stream) - 1;
    this.#whole?.update(completion, { line: progressLine(this.#label, progress, end, columns) });
    for (const [at, line] of this.#groupLines(progress, columns).entries()) {
      this.#groups[at] ??= this.#bars.create(1, 0, { line: '' });
      this.#groups[at].update(progress.groups[at]!.completion, { line });
    }
    this.#bars.update();
  }

  happened(line: string): void {
    if (!this.#bars.isActive) return;
    this.#bars.log(`${fitted(`${this.#label}: ${line}`, this.#stream)}\n`);
    this.#bars.update();
  }

  stop(): void {
    if (this.#bars.isActive) this.#bars.stop();
  }

  /** None where the bar of the whole says the same, or where they would not fit. */
  #groupLines({ groups }: RunProgress, columns: number): string[] {
    const most = Math.min(GROUPS_MAX, this.#stream.rows - 2);
    return groups.length < 2 || groups.length > most ? [] : groupLines(groups, columns);
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
