/**
 * Rates for exact clocks: bytes flow at max-min fair rates instead of in turns, so that a transfer costs one event
 * when it ends, and its links are computed anew when it begins, ends, or a rate changes.
 */
import type { Clock, Timer } from '../../../../core/interfaces.ts';
import { SECOND_MS } from '../../../../core/units.ts';
import type { LinkRate } from '../../../network/link-rate.ts';
import { FairFlow, FairLink, settleRates } from './fair-rates.ts';

/** Far below any time on a link, far above the rounding of a clock's sums. */
const ROUNDING_MS = 1e-6;

/** A rate that moves is taken as constant for so long. */
const MOVING_MS = 20;

/** One direction of an access link, or of what lies between two regions: its rate over time, and when the next transfer that it ends is through. */
export class PacedLink extends FairLink {
  declare readonly flows: Set<Transfer>;
  readonly rate: LinkRate;
  /** Until when the capacity is that of the rate's course. */
  capacityUntilMs = -Infinity;
  /** Of transfers that are no longer under way. */
  #servedBytes = 0;
  readonly ending = new Ending();

  constructor(rate: LinkRate) {
    super(1);
    this.rate = rate;
  }

  /** What it has carried of transfers by that time, now or until anything changes. */
  servedBytes(atMs: number): number {
    let bytes = this.#servedBytes;
    for (const transfer of this.flows) bytes += transfer.begun - transfer.leftAt(atMs);
    return bytes;
  }

  /** So many bytes of a transfer are through that is not under way any more. */
  served(bytes: number): void {
    this.#servedBytes += bytes;
  }
}

/** The timer of the transfers that leave over one link. */
class Ending {
  readonly transfers = new Set<Transfer>();
  atMs = Infinity;
  timer: Timer | undefined;
}

/** What a connection is sending. At least one of its links has a rate. */
export class Transfer extends FairFlow {
  declare readonly up: PacedLink | undefined;
  declare readonly down: PacedLink | undefined;
  declare readonly between: PacedLink | undefined;
  declare readonly links: readonly PacedLink[];
  readonly onEnd: () => void;
  /** Bytes with which it began, or went on. */
  begun = 0;
  /** Bytes that were left at `sinceMs`, and bytes per ms since then. */
  left = 0;
  /** Of them, those of small messages that have left before, and are served first. */
  owed = 0;
  sinceMs = 0;
  rate = 0;
  endMs = Infinity;
  active = false;

  /** `onEnd`: the last byte is through; a further `begin` may be called from it. */
  constructor(
    up: PacedLink | undefined,
    down: PacedLink | undefined,
    between: PacedLink | undefined,
    onEnd: () => void,
  ) {
    super(up, down, between);
    this.onEnd = onEnd;
  }

  /** Bytes that are not through at that time, now or until anything changes. */
  leftAt(atMs: number): number {
    return this.active ? Math.max(0, this.left - this.rate * (atMs - this.sinceMs)) : this.left;
  }
}

export class FluidPacer {
  readonly #clock: Clock;
  /** Links that are to be balanced, and those whose timer is to be set, when what is going on now is over. */
  readonly #changed = new Set<PacedLink>();
  readonly #untimed = new Set<PacedLink>();
  #isHeld = false;

  constructor(components: { readonly clock: Clock }) {
    this.#clock = components.clock;
  }

  /** Serves so many bytes (≥ 0) of a transfer that is not under way. */
  begin(transfer: Transfer, bytes: number): void {
    transfer.begun = bytes;
    transfer.left = bytes;
    transfer.sinceMs = this.#clock.now();
    if (!transfer.active) this.#join(transfer);
    else this.#setEnd(transfer);
    this.#settle();
  }

  /** It goes on later, by `begin` with what is left. Nothing happens when it is not under way. */
  stop(transfer: Transfer): void {
    if (!transfer.active) return;
    transfer.left = transfer.leftAt(this.#clock.now());
    noteServed(transfer);
    this.#leave(transfer);
    this.#settle();
  }

  /** The link's rate is another from now on. */
  rateChanged(link: PacedLink): void {
    link.capacityUntilMs = -Infinity;
    if (link.flows.size === 0) return;
    this.#updateCapacity(link);
    this.#settle();
  }

  #join(transfer: Transfer): void {
    transfer.active = true;
    transfer.rate = 0;
    homeOf(transfer).ending.transfers.add(transfer);
    for (const link of transfer.links) {
      link.flows.add(transfer);
      this.#updateCapacity(link);
      this.#changed.add(link);
    }
  }

  #leave(transfer: Transfer): void {
    transfer.active = false;
    transfer.rate = 0;
    transfer.endMs = Infinity;
    const home = homeOf(transfer);
    home.ending.transfers.delete(transfer);
    this.#untimed.add(home);
    for (const link of transfer.links) {
      link.flows.delete(transfer);
      this.#changed.add(link);
    }
  }

  /** A rate that moves in a line is taken as the mean of some ms at a time, so that what is served is its integral. */
  #updateCapacity(link: PacedLink): void {
    const now = this.#clock.now();
    if (now < link.capacityUntilMs) return;
    const { rate } = link;
    const steadyUntilMs = rate.steadyUntilMs(now);
    const untilMs = steadyUntilMs === now ? now + MOVING_MS : steadyUntilMs;
    link.capacityUntilMs = untilMs;
    link.capacity =
      steadyUntilMs > now
        ? rate.bytesPerSecAt(now) / SECOND_MS
        : rate.bytesBetween(now, untilMs) / (untilMs - now);
    this.#changed.add(link);
    if (untilMs === Infinity) return;
    this.#clock.setTimer(untilMs - now, () => {
      if (link.capacityUntilMs !== untilMs) return;
      link.capacityUntilMs = -Infinity;
      if (link.flows.size === 0) return;
      this.#updateCapacity(link);
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#isHeld) return;
    if (this.#changed.size > 0) {
      const changed = [...this.#changed];
      this.#changed.clear();
      const moved = settleRates(changed);
      for (const link of changed) this.#updateRates(link);
      for (const link of moved) this.#updateRates(link);
    }
    for (const link of this.#untimed) this.#setTimer(link);
    this.#untimed.clear();
  }

  #updateRates({ flows }: PacedLink): void {
    for (const transfer of flows) this.#updateRate(transfer);
  }

  #updateRate(transfer: Transfer): void {
    const { fairRate } = transfer;
    if (transfer.rate === fairRate) return;
    const now = this.#clock.now();
    transfer.left = transfer.leftAt(now);
    transfer.sinceMs = now;
    transfer.rate = fairRate;
    this.#setEnd(transfer);
  }

  #setEnd(transfer: Transfer): void {
    transfer.endMs = transfer.sinceMs + transfer.left / transfer.rate;
    this.#untimed.add(homeOf(transfer));
  }

  /** To the earliest end of the link's transfers. */
  #setTimer(link: PacedLink): void {
    const { ending } = link;
    let atMs = Infinity;
    for (const { endMs } of ending.transfers) atMs = Math.min(atMs, endMs);
    if (atMs === ending.atMs) return;
    ending.timer?.cancel();
    ending.atMs = atMs;
    ending.timer = undefined;
    if (atMs === Infinity) return;
    ending.timer = this.#clock.setTimer(Math.max(0, atMs - this.#clock.now()), () => this.#end(link));
  }

  /** Those that end now, in the order of their beginning. What they bring about is balanced at once for all. */
  #end(link: PacedLink): void {
    const dueMs = this.#clock.now() + ROUNDING_MS;
    const { ending } = link;
    ending.atMs = Infinity;
    ending.timer = undefined;
    this.#untimed.add(link);
    this.#isHeld = true;
    try {
      for (const transfer of [...ending.transfers]) if (transfer.endMs <= dueMs) this.#finish(transfer);
    } finally {
      this.#isHeld = false;
      this.#settle();
    }
  }

  #finish(transfer: Transfer): void {
    transfer.left = 0;
    transfer.endMs = Infinity;
    noteServed(transfer);
    transfer.onEnd();
    // It was not begun anew.
    if (transfer.active && transfer.endMs === Infinity) this.#leave(transfer);
  }
}

/** What has been served of it counts from here on at its links. */
function noteServed(transfer: Transfer): void {
  const bytes = transfer.begun - transfer.left;
  transfer.begun = transfer.left;
  transfer.up?.served(bytes);
  transfer.down?.served(bytes);
  transfer.between?.served(bytes);
}

/** The link whose timer tells of its end. */
function homeOf(transfer: Transfer): PacedLink {
  return (transfer.up ?? transfer.down ?? transfer.between)!;
}
