/**
 * One direction of an access link, shared by its connections.
 *
 * The link serves the flows in turns of equal bytes, round robin. Serving n bytes takes n / rate; a message goes on
 * when its last byte has been served. A message larger than a turn is served over several, so that others need not
 * wait for it; what a message is too large for is left to the flow's next turn (deficit round robin, Shreedhar and
 * Varghese, SIGCOMM 1995). A flow that has nothing to send, or whose connection takes nothing, is left out, and its share is the
 * others'.
 *
 * Time is kept by schedule: a turn begins where the last one ended, not when a timer came round to it, so that late
 * timers cost no throughput; see LateTimerDebt for how what they missed is made up for. On a quiet machine no more than
 * rate × 103 ms goes on over any 100 ms, on any machine over any time t no more than rate × (1.01 t + CATCH_UP_MS), and
 * the messages then under way, one a flow.
 */
import type { Clock, Timer } from '../../core/interfaces.ts';
import { LateTimerDebt } from './late-timer-debt.ts';
import { Fifo } from './fifo.ts';
import type { LinkRate } from './link-rate.ts';
import { SLICE_MS_MIN, turnBytes } from './link-sizes.ts';
import type { SliceTicks } from './slice-ticks.ts';

/** Far below any time on a link, far above the rounding of a clock's sums. */
const ROUNDING_MS = 1e-6;

export interface RateSchedulerOptions {
  readonly rate: LinkRate;
  /** What one flow is served at a time takes about so long. Default `SLICE_MS_MIN`. */
  readonly sliceMs?: number;
  /** So long before its time a message may go on; its time is charged all the same. Default: never. */
  earlyMs?(): number;
  /** Default: a timer of its own, when something is due. */
  readonly ticks?: SliceTicks | undefined;
  /** A message of so many bytes goes on, so long after its time. */
  onRelease(bytes: number, lateMs: number): void;
}

export class RateScheduler {
  readonly #clock: Clock;
  readonly #options: RateSchedulerOptions;
  /** Flows with something to send that wait for their turn; those that have none by then are passed over. */
  readonly #waiting = new Fifo<RateFlow<unknown>>();
  readonly #debt: LateTimerDebt;
  #serving: RateFlow<unknown> | undefined;
  #turnLeft = 0;
  #stepBytes = 0;
  /** From then on so many bytes of the step are left, at the present rate. */
  #stepFromMs = 0;
  #stepLeft = 0;
  /** When the step being served ends, or the last one ended. */
  #stepEndMs = 0;
  #advancing = false;
  #timer: Timer | undefined;
  /** What is due before it goes on at it, and is not late. */
  #plannedMs = 0;

  constructor(components: { readonly clock: Clock }, options: RateSchedulerOptions) {
    this.#clock = components.clock;
    this.#options = options;
    this.#debt = new LateTimerDebt(options.ticks === undefined ? 0 : (options.sliceMs ?? SLICE_MS_MIN));
  }

  /** A connection's part of the link. `onRelease` gets each item, and when by schedule it was through. */
  flow<Item>(onRelease: (item: Item, atMs: number) => void): RateFlow<Item> {
    const flow: RateFlow<Item> = new RateFlow(this.#clock, onRelease, {
      enter: () => this.#enter(flow as RateFlow<unknown>),
      // What a sender adds on a late release it would have added at the release's time.
      creditMs: (atMs) => (this.#advancing ? Math.min(atMs, this.#stepEndMs) : atMs),
    });
    return flow;
  }

  /** To be put around every change of the rate: what is under way goes on at the new one. */
  changeRate(change: () => void): void {
    const now = this.#clock.now();
    const { rate } = this.#options;
    if (this.#serving === undefined || this.#stepEndMs <= now) {
      change();
      return;
    }
    if (now > this.#stepFromMs) {
      this.#stepLeft -= rate.bytesBetween(this.#stepFromMs, now);
      this.#stepFromMs = now;
    }
    change();
    this.#stepEndMs = rate.endMs(this.#stepFromMs, Math.max(0, this.#stepLeft));
    if (this.#advancing) return;
    this.#timer?.cancel();
    this.#setTimer();
  }

  #enter(flow: RateFlow<unknown>): void {
    if (!flow.waiting && flow !== this.#serving) {
      flow.waiting = true;
      this.#waiting.push(flow);
    }
    if (this.#serving !== undefined || this.#advancing) return;
    const now = this.#clock.now();
    this.#takeTurn(now);
    if (this.#isDue(now)) this.#advance();
    else this.#setTimer();
  }

  #isDue(now: number): boolean {
    return this.#stepEndMs <= now + this.#earlyMs() + ROUNDING_MS;
  }

  #earlyMs(): number {
    return this.#options.earlyMs?.() ?? 0;
  }

  #setTimer(): void {
    if (this.#serving === undefined) return;
    const fromMs = this.#stepEndMs - this.#earlyMs();
    const { ticks } = this.#options;
    if (ticks !== undefined) ticks.call(this.#onTick, fromMs);
    else this.#timer = this.#clock.setTimer(Math.max(0, fromMs - this.#clock.now()), () => this.#advance());
  }

  readonly #onTick = (tickMs: number): void => {
    this.#plannedMs = tickMs;
    this.#advance();
  };

  #advance(): void {
    this.#advancing = true;
    const now = this.#clock.now();
    try {
      while (this.#serving !== undefined && this.#isDue(now)) this.#endStep(now);
    } finally {
      this.#advancing = false;
    }
    this.#setTimer();
  }

  #endStep(now: number): void {
    const flow = this.#serving!;
    const endMs = this.#stepEndMs;
    this.#turnLeft -= this.#stepBytes;
    const bytes = flow.serve(this.#stepBytes);
    if (bytes !== undefined) {
      this.#options.onRelease(bytes, Math.max(0, now - Math.max(endMs, this.#plannedMs)));
      flow.release(endMs);
    }
    if (this.#fitsTurn(flow)) this.#beginStep(flow, now);
    else {
      this.#serving = undefined;
      flow.carry = 0;
      if (flow.ready) {
        flow.carry = this.#turnLeft;
        flow.waiting = true;
        this.#waiting.push(flow);
      }
      this.#takeTurn(now);
    }
  }

  /** A message that would only begin in this turn waits for the next, which is longer by what is left of this. */
  #fitsTurn(flow: RateFlow<unknown>): boolean {
    if (!flow.ready || this.#turnLeft <= 0) return false;
    return flow.headBegun || flow.headLeft <= this.#turnLeft;
  }

  #takeTurn(now: number): void {
    for (let flow = this.#waiting.shift(); flow !== undefined; flow = this.#waiting.shift()) {
      flow.waiting = false;
      if (!flow.ready) continue;
      const { rate, sliceMs } = this.#options;
      this.#serving = flow;
      this.#turnLeft = turnBytes(rate.bytesPerSecAt(now), sliceMs) + flow.carry;
      this.#beginStep(flow, now);
      return;
    }
    this.#debt.forget();
  }

  #beginStep(flow: RateFlow<unknown>, now: number): void {
    const { rate } = this.#options;
    this.#stepBytes = Math.min(flow.headLeft, this.#turnLeft);
    this.#stepLeft = this.#stepBytes;
    const fromMs = this.#debt.beginMs(Math.max(this.#stepEndMs, flow.headAtMs), now);
    this.#stepFromMs = fromMs - this.#debt.repaidMs(rate.endMs(fromMs, this.#stepBytes) - fromMs);
    this.#stepEndMs = rate.endMs(this.#stepFromMs, this.#stepBytes);
  }

  /** Nothing is released any more. */
  stop(): void {
    this.#timer?.cancel();
    this.#options.ticks?.cancel(this.#onTick);
    this.#serving = undefined;
    this.#waiting.clear();
  }
}

interface Queued<Item> {
  readonly item: Item;
  readonly bytes: number;
  readonly atMs: number;
  left: number;
}

interface SchedulerHooks {
  /** The flow has something to send. */
  enter(): void;
  /** Since when an item that came at that time counts as waiting. */
  creditMs(atMs: number): number;
}

/** The queue of one connection. Also serves the scheduler: the members below `ready` are its. */
export class RateFlow<Item> {
  readonly #clock: Clock;
  readonly #onRelease: (item: Item, atMs: number) => void;
  readonly #scheduler: SchedulerHooks;
  readonly #queue = new Fifo<Queued<Item>>();
  #blocked = false;
  #unblockedMs = 0;
  /** Stands in the scheduler's queue. */
  waiting = false;
  /** Bytes that the last turn left over. */
  carry = 0;

  constructor(clock: Clock, onRelease: (item: Item, atMs: number) => void, scheduler: SchedulerHooks) {
    this.#clock = clock;
    this.#onRelease = onRelease;
    this.#scheduler = scheduler;
  }

  /** `bytes` ≥ 0. `atMs`: when the item came by schedule, now or a moment ago. */
  push(item: Item, bytes: number, atMs: number): void {
    this.#queue.push({ item, bytes, atMs: this.#scheduler.creditMs(atMs), left: bytes });
    if (!this.#blocked) this.#scheduler.enter();
  }

  /** A blocked flow gets no turn; an item under way may still come. */
  setBlocked(blocked: boolean): void {
    if (blocked === this.#blocked) return;
    if (!blocked) this.#unblockedMs = this.#clock.now();
    this.#blocked = blocked;
    if (this.ready) this.#scheduler.enter();
  }

  clear(): void {
    this.#queue.clear();
  }

  get ready(): boolean {
    return !this.#blocked && this.#queue.length > 0;
  }

  get headLeft(): number {
    return this.#queue.peek()?.left ?? 0;
  }

  /** Part of the first item has been served. */
  get headBegun(): boolean {
    const head = this.#queue.peek();
    return head !== undefined && head.left < head.bytes;
  }

  /** From when on the first item could be served. */
  get headAtMs(): number {
    return Math.max(this.#queue.peek()?.atMs ?? 0, this.#unblockedMs);
  }

  /** Returns the size of the first item when it is through. */
  serve(bytes: number): number | undefined {
    const head = this.#queue.peek();
    if (head === undefined) return undefined;
    head.left -= bytes;
    return head.left > 0 ? undefined : head.bytes;
  }

  release(atMs: number): void {
    const head = this.#queue.shift();
    if (head === undefined) return;
    this.#onRelease(head.item, atMs);
  }
}
