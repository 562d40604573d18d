/** The instant at which a replay is, and its way through the run: by itself, or as a reader moves it. */
import type { ReplayPlace } from '../shared/replay.ts';

/** How long the whole run lasts at the normal speed. */
const WHOLE_SECONDS = 20;

export interface PlayerOptions {
  /** Where it stands before anybody has moved or played it. */
  readonly openMs: number;
  readonly endMs: number;
  /** It is at another instant, or has begun or ceased to play. */
  readonly onChange: () => void;
}

export class Player {
  readonly #options: PlayerOptions;
  #atMs: number;
  #isOpening = true;
  #lastFrame: number | undefined;
  /** 1: the whole run in 20 s. */
  speed = 1;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#atMs = options.openMs;
  }

  get atMs(): number {
    return this.#atMs;
  }

  get isOpening(): boolean {
    return this.#isOpening;
  }

  get plays(): boolean {
    return this.#lastFrame !== undefined;
  }

  /** undefined: nobody has moved or played it. */
  get chosen(): ReplayPlace | undefined {
    return this.#isOpening ? undefined : { atMs: this.#atMs, plays: this.plays, speed: this.speed };
  }

  /** From where it is or, if nobody has moved it or it is at the end, from the start. */
  toggle(): void {
    if (this.plays) {
      this.#lastFrame = undefined;
      this.#options.onChange();
      return;
    }
    if (this.#isOpening || this.#atMs >= this.#options.endMs) this.#atMs = 0;
    this.#isOpening = false;
    this.#start();
  }

  move(atMs: number): void {
    this.#isOpening = false;
    this.#atMs = Math.min(this.#options.endMs, atMs);
    this.#options.onChange();
  }

  /** As one that a reader has brought there. */
  goOn({ atMs, plays, speed }: ReplayPlace): void {
    this.speed = speed;
    this.move(atMs);
    if (plays) this.#start();
  }

  #start(): void {
    this.#lastFrame = performance.now();
    this.#options.onChange();
    requestAnimationFrame((now) => this.#frame(now));
  }

  #frame(now: number): void {
    if (this.#lastFrame === undefined) return;
    const { endMs, onChange } = this.#options;
    const passed = ((now - this.#lastFrame) / 1000 / WHOLE_SECONDS) * endMs * this.speed;
    this.#atMs = Math.min(endMs, this.#atMs + Math.max(0, passed));
    this.#lastFrame = this.#atMs >= endMs ? undefined : now;
    onChange();
    if (this.plays) requestAnimationFrame((next) => this.#frame(next));
  }
}
