import { Alarm } from '../../../alarm.ts';
import type { PeerContext } from '../../context.ts';
import type { Neighbour } from '../neighbours/neighbour.ts';
import { bringForward, nextRequest } from './next-request.ts';

/** A turn that takes so many times as long as the uplink would need alone does not fill it. */
const SLACK = 1.5;
/** It is looked at so often whether a long turn is in time: others wait for bytes as well. */
const CHECK_MS = 500;
/** Who has waited for its turn for so long, or for so many turns, comes next. */
const WAIT_MAX_MS = 1000;
const WAIT_MAX_TURNS = 5;
/** The uplink is full when it is expected to send at this share of the highest rate it has had lately. */
const FULL = 0.8;
/** By so much of the difference the highest rate falls with each turn that was slower. */
const FALL = 0.05;
/** A rate that is so many times the highest so far may not be the last: the next turn shows. */
const NEWS = 1.25;
/** One turn more than seems of use shows whether the uplink carries more: after so many turns at first… */
const PROBE_TURNS_FIRST = 4;
/** …and at most. */
const PROBE_TURNS_MAX = 64;

export interface TurnsCallbacks {
  /** How many neighbours hold a chunk, or are being sent it. */
  readonly copies: (index: number) => number;
  /** Time has passed, and another turn may begin. */
  onRoom(): void;
}

interface Turn {
  readonly sinceMs: number;
  readonly bytes: number;
  leftBytes: number;
  /** From then on it does not count as filling the uplink. */
  dueMs: number;
  /** When its connection last took something; at first when it began. */
  progressMs: number;
  /** When it began or its connection first took something since others began or ended, and what was left then. */
  mark: { readonly atMs: number; readonly leftBytes: number } | undefined;
  /** Bytes per ms since then; 0: not known yet. */
  rate: number;
}

/** A turn more than seemed of use is going on; before it the uplink had this rate. */
interface Probe {
  readonly neighbour: Neighbour;
  readonly rate: number;
}

/**
 * Whose chunk is being sent. One neighbour at a time gets a whole chunk, in turn, since a chunk that is whole sooner is
 * passed on sooner; several at a time where one cannot take what the uplink gives. How much that is shows by the time
 * that turns and parts of them take, and now and then by one turn more than seems of use: that one waits again if the
 * others get on more slowly for it.
 */
export class Turns {
  readonly #clock: PeerContext['clock'];
  readonly #callbacks: TurnsCallbacks;
  readonly #active = new Map<Neighbour, Turn>();
  /** Those whose turn is to come, in order. */
  readonly #waiting = new Map<Neighbour, number>();
  /** Bytes per ms: the highest rate of the uplink lately; 0: not known yet. */
  #rate = 0;
  /** Turns that are over, of those that overlap with one that is not or was not lately. */
  #over: { readonly sinceMs: number; readonly bytes: number; readonly endMs: number }[] = [];
  #begun = 0;
  #probeAt = PROBE_TURNS_FIRST;
  #probeTurns = PROBE_TURNS_FIRST;
  #probe: Probe | undefined;
  /** Bytes of the chunk whose turn began last. */
  #chunkBytes = 0;
  /** For the first turn that may no longer fill the uplink. */
  readonly #alarm: Alarm;

  constructor({ clock }: Pick<PeerContext, 'clock'>, callbacks: TurnsCallbacks) {
    this.#clock = clock;
    this.#callbacks = callbacks;
    this.#alarm = new Alarm(clock, () => callbacks.onRoom());
  }

  /** What a chunk takes when the uplink sends nothing else; undefined: not known yet. */
  get chunkMs(): number | undefined {
    return this.#rate === 0 ? undefined : this.#chunkBytes / this.#rate;
  }

  /** It is being sent a chunk. */
  has(neighbour: Neighbour): boolean {
    return this.#active.has(neighbour);
  }

  /** It has requests, and others are served first. */
  waits(neighbour: Neighbour): boolean {
    return this.#waiting.has(neighbour);
  }

  /** It has requests. */
  wait(neighbour: Neighbour): void {
    if (!this.#active.has(neighbour) && !this.#waiting.has(neighbour)) {
      this.#waiting.set(neighbour, this.#clock.now());
    }
  }

  /** It has none any more, or is gone. */
  drop(neighbour: Neighbour): void {
    this.#waiting.delete(neighbour);
    this.#stop(neighbour);
  }

  /** Begins the next turn, or goes on with one, if there is room. */
  next(): Neighbour | undefined {
    const nowMs = this.#clock.now();
    const neighbour = this.#first(nowMs);
    if (neighbour === undefined) return undefined;
    if (this.#load(nowMs) >= FULL) {
      if (!this.#mayProbe()) {
        this.#wake(nowMs);
        return undefined;
      }
      this.#probe = { neighbour, rate: this.#rate };
    }
    const { serving } = neighbour;
    bringForward(serving, nextRequest(neighbour, this.#callbacks.copies));
    const { chunkBytes, offset } = serving[0]!;
    const bytes = chunkBytes - offset;
    const dueMs = nowMs + this.#expectedMs(bytes, nowMs);
    this.#waiting.delete(neighbour);
    this.#forgetRates();
    const mark = { atMs: nowMs, leftBytes: bytes };
    const turn = { sinceMs: nowMs, bytes, leftBytes: bytes, dueMs, progressMs: nowMs, mark, rate: 0 };
    this.#active.set(neighbour, turn);
    this.#begun++;
    this.#chunkBytes = chunkBytes;
    neighbour.lastServedMs = nowMs;
    return neighbour;
  }

  /** Who waits for the chunk with the fewest copies, unless somebody was interrupted or has waited for too long. */
  #first(nowMs: number): Neighbour | undefined {
    let first: Neighbour | undefined;
    let fewest = Infinity;
    const waitMaxMs = Math.max(WAIT_MAX_MS, WAIT_MAX_TURNS * (this.chunkMs ?? 0));
    for (const [neighbour, sinceMs] of this.#waiting) {
      // Its connection takes nothing before what was sent to it.
      if (neighbour.blocked) continue;
      const next = nextRequest(neighbour, this.#callbacks.copies);
      const { index, begun } = neighbour.serving[next]!;
      // The first of all has waited for longest.
      if (begun || (first === undefined && nowMs - sinceMs > waitMaxMs)) return neighbour;
      const copies = this.#callbacks.copies(index);
      if (copies >= fewest) continue;
      first = neighbour;
      fewest = copies;
    }
    return first;
  }

  /**
   * The connection has taken some of the chunk; so many bytes are left. The turn may be interrupted then: see `has`.
   */
  progress(neighbour: Neighbour, leftBytes: number): void {
    const turn = this.#active.get(neighbour);
    if (turn === undefined) return;
    const nowMs = this.#clock.now();
    turn.leftBytes = leftBytes;
    if (turn.mark === undefined) turn.mark = { atMs: nowMs, leftBytes };
    else if (nowMs > turn.mark.atMs) {
      turn.rate = (turn.mark.leftBytes - leftBytes) / (nowMs - turn.mark.atMs);
      this.#learnFromParts();
    }
    this.#putOff(turn, nowMs);
  }

  /** A turn that is in time goes on counting as filling the uplink. */
  #putOff(turn: Turn, nowMs: number): void {
    turn.progressMs = nowMs;
    if (this.#rate === 0) return;
    const count = Math.max(1, this.#competing(nowMs).length);
    const slowest = this.#rate / (SLACK * count);
    const isInTime =
      turn.rate > 0
        ? turn.rate >= slowest
        : turn.bytes - turn.leftBytes >= (nowMs - turn.sinceMs - CHECK_MS * count) * slowest;
    if (isInTime) turn.dueMs = nowMs + Math.min(CHECK_MS * count, turn.leftBytes / slowest);
  }

  /** Turns that take something of the uplink, in time or not. */
  #competing(nowMs: number): Turn[] {
    const longMs = 2 * CHECK_MS * this.#active.size;
    return [...this.#active.values()].filter(
      (turn) => nowMs < turn.dueMs || nowMs - turn.progressMs < longMs,
    );
  }

  #learnFromParts(): void {
    let all = 0;
    for (const { rate } of this.#active.values()) {
      if (rate === 0) return;
      all += rate;
    }
    if (this.#probe !== undefined) this.#endProbe(this.#probe, all);
    else if (this.#rate === 0) {
      this.#rate = all;
      this.#probeAt = this.#begun;
    }
  }

  #endProbe({ neighbour, rate }: Probe, all: number): void {
    this.#probe = undefined;
    if (all > rate * NEWS) {
      this.#rate = Math.max(all, this.#rate);
      for (const [served, turn] of this.#active) served.takesBytesPerMs = turn.rate;
      this.#probeAt = this.#begun;
    } else if (this.#active.size > 1 && neighbour.serving[0]?.begun === true) {
      this.#stop(neighbour);
      this.wait(neighbour);
    }
  }

  /** The connection has taken its chunk. */
  end(neighbour: Neighbour): void {
    const turn = this.#active.get(neighbour);
    this.#stop(neighbour);
    const nowMs = this.#clock.now();
    // What fits in the buffers of the connection tells nothing of the uplink.
    if (turn !== undefined && nowMs > turn.sinceMs) this.#learn(neighbour, turn, nowMs);
  }

  #stop(neighbour: Neighbour): void {
    if (this.#probe?.neighbour === neighbour) this.#probe = undefined;
    if (this.#active.delete(neighbour)) this.#forgetRates();
  }

  #forgetRates(): void {
    for (const turn of this.#active.values()) {
      turn.mark = undefined;
      turn.rate = 0;
    }
  }

  stop(): void {
    this.#alarm.cancel();
    this.#waiting.clear();
    this.#active.clear();
  }

  /** The share of the uplink that the turns are expected to take. */
  #load(nowMs: number): number {
    let load = 0;
    for (const [{ takesBytesPerMs }, { dueMs }] of this.#active) {
      if (nowMs < dueMs) load += Math.min(1, (takesBytesPerMs ?? Infinity) / this.#rate);
    }
    return load;
  }

  #expectedMs(bytes: number, nowMs: number): number {
    // The more are being served, the longer it takes until it shows how fast.
    if (this.#rate === 0) return CHECK_MS * 2 ** this.#active.size;
    const others = this.#competing(nowMs);
    const sum = others.reduce((sum, { leftBytes }) => sum + leftBytes, bytes);
    return Math.min(CHECK_MS * (others.length + 1), (SLACK * sum) / this.#rate);
  }

  #mayProbe(): boolean {
    if (this.#begun < this.#probeAt) return false;
    // After one that was of use the next may be as well.
    if (this.#active.size !== 1 && this.#begun !== this.#probeAt) return false;
    this.#probeTurns = Math.min(2 * this.#probeTurns, PROBE_TURNS_MAX);
    this.#probeAt = this.#begun + this.#probeTurns;
    return true;
  }

  #learn(neighbour: Neighbour, { sinceMs, bytes }: Turn, nowMs: number): void {
    const tookMs = nowMs - sinceMs;
    const rate = bytes / tookMs;
    let all = rate;
    for (const [other, turn] of this.#active) {
      const together = (nowMs - Math.max(turn.sinceMs, sinceMs)) / tookMs;
      all += together * (other.takesBytesPerMs ?? rate);
    }
    const firstMs = Math.min(sinceMs, ...[...this.#active.values()].map((turn) => turn.sinceMs));
    this.#over = this.#over.filter((turn) => turn.endMs > firstMs);
    for (const turn of this.#over) {
      if (turn.endMs <= sinceMs) continue;
      const together = (turn.endMs - Math.max(turn.sinceMs, sinceMs)) / tookMs;
      all += (together * turn.bytes) / (turn.endMs - turn.sinceMs);
    }
    const isAlone = this.#active.size + this.#over.length === 0;
    this.#over.push({ sinceMs, bytes, endMs: nowMs });
    if (!isAlone && this.#rate > 0 && all > this.#rate * NEWS) this.#probeAt = this.#begun;
    this.#rate = all > this.#rate ? all : this.#rate + (all - this.#rate) * FALL;
    if (all < this.#rate * FULL) neighbour.takesBytesPerMs = rate;
    // Where the uplink was full, it may take more than it got.
    else if (isAlone) neighbour.takesBytesPerMs = undefined;
    else if (rate > (neighbour.takesBytesPerMs ?? Infinity)) neighbour.takesBytesPerMs = rate;
  }

  #wake(nowMs: number): void {
    let firstMs = Infinity;
    for (const { dueMs } of this.#active.values()) if (dueMs > nowMs) firstMs = Math.min(firstMs, dueMs);
    this.#alarm.by(firstMs);
  }
}
