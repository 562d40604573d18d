/** The client's progress: a bar with the important lines above it on a terminal, plain lines in a pipe. */
import { MultiBar } from 'cli-progress';
import type { EventSink } from '../../core/interfaces.ts';
import type { SwarmEvent } from '../../core/events.ts';
import { SECOND_MS } from '../../core/units.ts';
import { formatRate } from '../../sim/units/format.ts';
import type { Given } from '../../core/node/store/served-store.ts';
import { ClientLines, describeGiven } from './client-lines.ts';
import { StallWatch } from './stall-watch.ts';
import { fitted, print } from '../output/program-output.ts';
import { barLine } from '../progress/progress-line.ts';
import { canRedraw, columnsOf } from '../output/terminal.ts';
import { tells, type Verbosity } from '../arguments/verbosity.ts';

export interface ClientProgress extends EventSink {
  readonly complete: boolean;
  /** Gives the terminal back. */
  close(): void;
}

export interface ClientProgressOptions {
  readonly name: string;
  readonly verbosity: Verbosity;
  /** Payload so far, with the parts of chunks on their way. */
  readonly receivedBytes: () => number;
  /** What others have been sent so far. */
  readonly given: () => Given;
  /** undefined: it serves until it is stopped. */
  readonly leaveAfterMs: number | undefined;
}

export function newClientProgress(options: ClientProgressOptions): ClientProgress {
  const wantsBar = canRedraw(process.stdout) && tells(options.verbosity, 'normal');
  return new WatchedProgress(wantsBar ? new BarProgress(options) : new LineProgress(options), options);
}

interface View extends ClientProgress {
  /** A line that no event brings. */
  say(line: string): void;
}

const LOOK_EVERY_MS = SECOND_MS;
/** What was given is told at most so often. */
const GIVEN_EVERY_MS = 30 * SECOND_MS;

/** Adds a line now and then while nothing comes. */
class WatchedProgress implements ClientProgress {
  readonly #view: View;
  readonly #watch = new StallWatch();
  readonly #timer: NodeJS.Timeout;
  #givenBytes = 0;
  #givenToldMs = performance.now();

  constructor(view: View, { name, verbosity, receivedBytes, given }: ClientProgressOptions) {
    this.#view = view;
    this.#timer = setInterval(() => {
      const line = this.#watch.check(performance.now(), receivedBytes());
      if (line !== undefined) view.say(`${name}: ${line}`);
      if (tells(verbosity, 'normal')) this.#tellGiven(name, given());
    }, LOOK_EVERY_MS);
  }

  #tellGiven(name: string, given: Given): void {
    if (given.bytes === this.#givenBytes || performance.now() - this.#givenToldMs < GIVEN_EVERY_MS) return;
    this.#givenBytes = given.bytes;
    this.#givenToldMs = performance.now();
    this.#view.say(`${name}: ${describeGiven(given)} so far`);
  }

  get complete(): boolean {
    return this.#view.complete;
  }

  emit(event: SwarmEvent): void {
    this.#watch.follow(event);
    this.#view.emit(event);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#view.close();
  }
}

class LineProgress implements View {
  readonly #lines: ClientLines;

  constructor(options: ClientProgressOptions) {
    this.#lines = new ClientLines(options.name, options.verbosity, options);
  }

  get complete(): boolean {
    return this.#lines.figures.complete;
  }

  emit(event: SwarmEvent): void {
    const line = this.#lines.follow(event);
    if (line !== undefined) this.say(line);
  }

  say(line: string): void {
    print(line);
  }

  close(): void {
    // Lines are written as they come.
  }
}

const REFRESH_MS = 250;
const RATE_WINDOW_MS = 3 * SECOND_MS;

class BarProgress implements View {
  readonly #lines: ClientLines;
  readonly #options: ClientProgressOptions;
  readonly #samples: { readonly atMs: number; readonly bytes: number }[] = [];
  readonly #bars = new MultiBar({
    format: (_options, _params, { line = '' }: { readonly line?: string }) => line,
    fps: SECOND_MS / REFRESH_MS,
    hideCursor: true,
    // The program ends by its own signal handler, which also shows the cursor again.
    gracefulExit: false,
  });
  #totalChunks = 0;
  #bar: ReturnType<MultiBar['create']> | undefined;
  #refresh: NodeJS.Timeout | undefined;

  constructor(options: ClientProgressOptions) {
    this.#options = options;
    this.#lines = new ClientLines(options.name, options.verbosity, options);
  }

  get complete(): boolean {
    return this.#lines.figures.complete;
  }

  emit(event: SwarmEvent): void {
    const line = this.#lines.follow(event);
    const isInBar = event.type === 'chunk-received' && this.#options.verbosity === 'normal';
    // What is written above a bar appears when the bar is next drawn: the last lines come after it.
    if (event.type === 'peer-completed' || event.type === 'peer-left') this.close();
    if (line !== undefined && !isInBar) this.say(line);
    if (event.type === 'peer-joined' && !this.complete) this.#start(event.totalChunks);
  }

  say(line: string): void {
    if (this.#refresh === undefined) print(line);
    else this.#bars.log(`${fitted(line, process.stdout)}\n`);
  }

  close(): void {
    if (this.#refresh === undefined) return;
    clearInterval(this.#refresh);
    this.#refresh = undefined;
    this.#show();
    this.#bars.stop();
  }

  #start(totalChunks: number): void {
    this.#totalChunks = totalChunks;
    this.#bar = this.#bars.create(totalChunks, 0);
    this.#refresh = setInterval(() => this.#show(), REFRESH_MS);
    this.#show();
  }

  #show(): void {
    const { heldChunks, sources } = this.#lines.figures;
    const total = this.#totalChunks;
    const parts = [
      `${Math.floor((100 * heldChunks) / total)}%, ${heldChunks} of ${total} chunks`,
      formatRate(this.#bytesPerSec()),
      `from ${sources === 1 ? '1 client' : `${sources} clients`}`,
    ];
    // In the last column some terminals begin a new line.
    const line = barLine(this.#options.name, heldChunks / total, parts, columnsOf(process.stdout) - 1);
    this.#bar?.update(heldChunks, { line });
  }

  #bytesPerSec(): number {
    const now = { atMs: performance.now(), bytes: this.#options.receivedBytes() };
    this.#samples.push(now);
    while (this.#samples.length > 2 && now.atMs - this.#samples[0]!.atMs > RATE_WINDOW_MS)
      this.#samples.shift();
    const { atMs, bytes } = this.#samples[0]!;
    // What a failed download had brought is taken back: a rate is never shown below nothing.
    return atMs === now.atMs ? 0 : Math.max(0, ((now.bytes - bytes) * SECOND_MS) / (now.atMs - atMs));
  }
}
