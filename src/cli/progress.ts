/** How a run is going, on stderr: a bar for a person, a line a second for a pipe. */
import { SingleBar } from 'cli-progress';
import { SECOND_MS, formatRate } from '../core/units.ts';
import type { RunProgress } from '../sim/engines/engine.ts';

export interface ProgressView {
  /** Before the swarm is ready. */
  say(line: string): void;
  /** The swarm is ready and begins. */
  ready(line: string): void;
  update(progress: RunProgress): void;
  /** The run is over; takes the bar away. Idempotent. */
  stop(): void;
}

export function progressView(label: string, stream: NodeJS.WriteStream, quiet: boolean): ProgressView {
  if (quiet) return silence;
  return stream.isTTY ? new ProgressBar(label, stream) : new ProgressLines(label, stream);
}

const silence: ProgressView = {
  say: () => undefined,
  ready: () => undefined,
  update: () => undefined,
  stop: () => undefined,
};

class ProgressLines implements ProgressView {
  readonly #label: string;
  readonly #stream: NodeJS.WritableStream;
  #saidMs = 0;

  constructor(label: string, stream: NodeJS.WritableStream) {
    this.#label = label;
    this.#stream = stream;
  }

  say(line: string): void {
    this.#stream.write(`${this.#label}: ${line}\n`);
  }

  ready(line: string): void {
    this.say(line);
  }

  update(progress: RunProgress): void {
    if (progress.atMs - this.#saidMs < SECOND_MS) return;
    this.#saidMs = progress.atMs;
    this.#stream.write(`${this.#label}: ${describeProgress(progress)}\n`);
  }

  stop(): void {
    // Lines are written as they come.
  }
}

class ProgressBar implements ProgressView {
  readonly #label: string;
  readonly #stream: NodeJS.WritableStream;
  readonly #bar: SingleBar;

  constructor(label: string, stream: NodeJS.WritableStream) {
    this.#label = label;
    this.#stream = stream;
    this.#bar = new SingleBar({
      stream,
      format: `${label} {bar} {text}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      hideCursor: true,
      clearOnComplete: true,
    });
  }

  say(line: string): void {
    this.#stream.write(`${this.#label}: ${line}\n`);
  }

  ready(line: string): void {
    this.say(line);
    this.#bar.start(1, 0, { text: '' });
  }

  update(progress: RunProgress): void {
    this.#bar.update(progress.completion, { text: describeProgress(progress) });
  }

  stop(): void {
    this.#bar.stop();
  }
}

/** `42% at 3.1 s, 104 Mbit/s, 8 peers alive, 2 of 8 complete, about 4 s left` */
export function describeProgress(progress: RunProgress): string {
  const { atMs, completion, bytesPerSec, peersAlive, peersCompleted, peersToComplete } = progress;
  const parts = [
    `${Math.floor(completion * 100)}% at ${(atMs / SECOND_MS).toFixed(1)} s`,
    formatRate(bytesPerSec),
    `${peersAlive} ${peersAlive === 1 ? 'peer' : 'peers'} alive`,
    `${peersCompleted} of ${peersToComplete} complete`,
  ];
  // At the mean rate so far: the momentary one of a small swarm jumps too much to extrapolate.
  if (completion > 0 && completion < 1) {
    const leftSec = ((atMs / completion) * (1 - completion)) / SECOND_MS;
    parts.push(`about ${leftSec < 10 ? leftSec.toFixed(1) : Math.round(leftSec)} s left`);
  }
  return parts.join(', ');
}
