import { ConfigError } from '../../core/errors.ts';
import type { Clock, Random } from '../../core/interfaces.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { SECOND_MS } from '../../core/units.ts';
import { sampleDistribution } from '../plan/distributions.ts';
import type { PlannedLink, PlannedWindow } from '../plan/plan.ts';
import { changesOf, Curve, type CurveChange } from './curve.ts';
import type { Direction, LinkComponents, LinkTotals } from './link-control.ts';
import { LinkRate } from './link-rate.ts';
import { SLICE_MS_MIN, turnBytes } from './link-sizes.ts';
import { RateScheduler } from './rate-scheduler.ts';
import { SegmentLoss } from './segment-loss.ts';
import { countRelease, noteLateDial, type ShapingCounters } from './shaping-counters.ts';

type Counted = { -readonly [Field in keyof LinkTotals]: LinkTotals[Field] };

/** One direction's rate: its course over time and who shares it. */
interface PacedDirection {
  readonly rate: LinkRate;
  readonly scheduler: RateScheduler;
  /** To be told of what goes through, and how late: it counts. */
  onRelease(bytes: number, lateMs: number): void;
}

const NO_DELAYS = { out: 0, in: 0 } as const;

/** What the connections of one peer share. */
export class LinkState {
  readonly clock: Clock;
  readonly timerGrainMs: number;
  readonly sliceMs: number;
  readonly link: PlannedLink;
  readonly up: PacedDirection | undefined;
  readonly down: PacedDirection | undefined;
  readonly counters: ShapingCounters;
  readonly totals: Counted = emptyTotals();
  isBlocked: ((host: string, direction: Direction) => boolean) | undefined;
  blackHole = false;
  #extraMs = 0;
  readonly #components: LinkComponents;
  readonly #lossRandom: Random;
  readonly #latency: Curve;
  readonly #latencyChanges: readonly CurveChange[];
  /** By host: what the table of regions says of the way there and of the way back. */
  readonly #regionDelays = new Map<string, Readonly<Record<Direction, number>>>();
  #startMs: number;

  /** @throws {ConfigError} see `shapedLink` */
  constructor(components: LinkComponents, link: PlannedLink, counters: ShapingCounters) {
    this.clock = components.clock;
    this.timerGrainMs = components.timerGrainMs ?? 0;
    this.sliceMs = components.sliceMs ?? SLICE_MS_MIN;
    this.link = link;
    this.counters = counters;
    this.#components = components;
    this.#lossRandom = components.random.fork('loss');
    this.#latencyChanges = changesOf(link, 'latencyMs');
    this.#latency = new Curve(link.latencyMs, this.#latencyChanges);
    this.up = this.#paced('upBytesPerSec', 'bytesPacedUp', 'upChanges');
    this.down = this.#paced('downBytesPerSec', 'bytesPacedDown', 'downChanges');
    this.#startMs = components.startMs ?? 0;
    this.setStartMs(this.#startMs);
    if (link.region !== null) this.#placeOf(link);
  }

  setStartMs(startMs: number): void {
    this.#startMs = startMs;
    for (const paced of [this.up, this.down]) {
      paced?.scheduler.changeRate(() => (paced.rate.startMs = startMs));
    }
  }

  setRateFactor(factor: number): void {
    if (!(factor > 0 && factor < Infinity)) {
      throw new ConfigError(`a rate cannot be multiplied by ${factor}: it must be above 0`);
    }
    for (const paced of [this.up, this.down]) {
      paced?.scheduler.changeRate(() => (paced.rate.factor = factor));
    }
  }

  setExtraLatencyMs(extraMs: number): void {
    if (!(extraMs >= 0 && extraMs < Infinity)) {
      throw new ConfigError(`a latency cannot grow by ${extraMs} ms: it must be at least 0`);
    }
    this.#extraMs = extraMs;
  }

  isShut(host: string, direction: Direction): boolean {
    return this.blackHole || this.isBlocked?.(host, direction) === true;
  }

  /** One way between here and the host, as far as this side adds it, without jitter. */
  ownDelayMs(host: string, direction: Direction): number {
    const latencyMs = this.#latency.valueAt(this.clock.now() - this.#startMs);
    return latencyMs + this.#extraMs + this.#regionDelayMs(host, direction) / 2;
  }

  /** The delay of the next message. */
  drawDelayMs(host: string, direction: Direction): number {
    const { jitterMs } = this.link;
    const drawnMs = jitterMs === null ? 0 : sampleDistribution(jitterMs, this.#components.random);
    this.#meet('latencyChanges', this.#latencyChanges);
    return this.ownDelayMs(host, direction) + drawnMs;
  }

  /** This side's part of a round trip. */
  drawRoundTripMs(host: string): number {
    return this.drawDelayMs(host, 'out') + this.drawDelayMs(host, 'in');
  }

  /** From leaving this side's link to the acknowledgement: the other side's two ways and our way in. */
  ackDelayMs(host: string): number {
    const otherMs = this.#components.linkOf?.(host)?.latencyMs ?? 0;
    const regionsMs = this.#regionDelayMs(host, 'out') / 2 + this.#regionDelayMs(host, 'in') / 2;
    return 2 * otherMs + regionsMs + this.ownDelayMs(host, 'in');
  }

  /** Of what is sent to the host: the smaller of both sides' windows. */
  windowTo(host: string): PlannedWindow | undefined {
    const own = this.link.window;
    const other = this.#components.linkOf?.(host)?.window ?? null;
    if (own === null || other === null) return own ?? other ?? undefined;
    return {
      bytes: Math.min(own.bytes, other.bytes),
      slowStart: own.slowStart || other.slowStart,
    };
  }

  /** What one direction of a connection loses; undefined: nothing. */
  createLoss(): SegmentLoss | undefined {
    const { loss } = this.link;
    if (loss === null || loss.probability === 0) return undefined;
    return new SegmentLoss({ random: this.#lossRandom }, loss, (segments, lost) => {
      this.totals.segments += segments;
      this.totals.stalls += lost;
      this.counters.stalls += lost;
    });
  }

  onLate(lateMs: number): void {
    countRelease(this.counters, lateMs);
  }

  onLateDial(lateMs: number): void {
    noteLateDial(this.counters, lateMs);
  }

  /** A message had to wait for its delay. */
  onDelayed(bytes: number): void {
    this.counters.bytesDelayed += bytes;
    if (this.#extraMs > 0 && bytes > 0) this.totals.messagesDelayed++;
  }

  /** A message that is sent to the host cannot go yet: its window is full. */
  onWindowFull(host: string): void {
    const own = this.link.window?.bytes ?? Infinity;
    const other = this.#components.linkOf?.(host)?.window?.bytes ?? Infinity;
    this.counters[own <= other ? 'windowWaits' : 'otherWindowWaits']++;
  }

  onSwallowed(message: Message | undefined, bytes: number): void {
    if (message === undefined) return;
    this.totals.messagesSwallowed++;
    this.totals.bytesSwallowed += bytes;
  }

  #paced(
    key: 'upBytesPerSec' | 'downBytesPerSec',
    field: 'bytesPacedUp' | 'bytesPacedDown',
    met: 'upChanges' | 'downChanges',
  ): PacedDirection | undefined {
    const bytesPerSec = this.link[key];
    const changes = changesOf(this.link, key);
    if (bytesPerSec === null) {
      if (changes.length === 0) return undefined;
      throw new ConfigError(`a link without a limit cannot change ${key}: give it one that it begins with`);
    }
    const wrong = [bytesPerSec, ...changes.map(({ value }) => value)].find((value) => !(value > 0));
    if (wrong !== undefined) throw new ConfigError(`${key} of ${wrong}: a rate is above 0`);
    const rate = new LinkRate(bytesPerSec, changes);
    const onRelease = (bytes: number, lateMs: number) => {
      this.counters[field] += bytes;
      countRelease(this.counters, lateMs);
      this.#meet(met, changes);
      if (rate.factor !== 1) this.totals.bytesSlowed += bytes;
    };
    const { clock, sliceMs } = this;
    const { ticks } = this.#components;
    // At the nearest tick, so that times are right on average.
    const leavesEarlyMs = ticks === undefined ? this.timerGrainMs : sliceMs / 2;
    const earlyMs = key === 'upBytesPerSec' ? () => leavesEarlyMs : () => this.#arrivesEarlyMs(rate);
    const scheduler = new RateScheduler({ clock }, { rate, sliceMs, earlyMs, ticks, onRelease });
    return { rate, scheduler, onRelease };
  }

  /**
   * A slice has taken its time at the sender's link, and arrives when its first byte is due. With exact timers, which
   * cost nothing, when its last byte is.
   */
  #arrivesEarlyMs(rate: LinkRate): number {
    if (this.timerGrainMs === 0) return 0;
    const bytesPerSec = rate.bytesPerSecAt(this.clock.now());
    return (turnBytes(bytesPerSec, this.sliceMs) * SECOND_MS) / bytesPerSec + 2 * this.timerGrainMs;
  }

  /** Something goes through. The counter lives longer than this link where a peer comes back, so it never falls. */
  #meet(field: 'upChanges' | 'downChanges' | 'latencyChanges', changes: readonly CurveChange[]): void {
    if (changes.length === 0 || this.counters[field] >= changes.length) return;
    const atMs = this.clock.now() - this.#startMs;
    const begun = changes.filter((change) => change.atMs <= atMs).length;
    if (begun > this.counters[field]) this.counters[field] = begun;
  }

  /** Of the regions' table, from the sender to the receiver. */
  #regionDelayMs(host: string, direction: Direction): number {
    if (this.link.region === null) return 0;
    const known = this.#regionDelays.get(host) ?? this.#readRegionDelays(host);
    return known[direction];
  }

  /** A host's region is the plan's, and so the same for the whole run. */
  #readRegionDelays(host: string): Readonly<Record<Direction, number>> {
    const { regions, linkOf } = this.#components;
    const other = linkOf?.(host);
    if (!regions || !other || other.region === null) return NO_DELAYS;
    const [own, their] = [this.#placeOf(this.link), this.#placeOf(other)];
    const delays = { out: regions.delayMs[own]![their]!, in: regions.delayMs[their]![own]! };
    this.#regionDelays.set(host, delays);
    return delays;
  }

  #placeOf({ region }: PlannedLink): number {
    const place = this.#components.regions?.names.indexOf(region ?? '') ?? -1;
    if (place === -1) throw new ConfigError(`region "${region ?? ''}" is not in the table of regions`);
    return place;
  }
}

/** Those open connections that a fault resets, each with this probability. */
export function chooseResets<Connection extends { readonly isOpen: boolean }>(
  connections: Iterable<Connection>,
  probability: number,
  random: Random,
): Connection[] {
  if (!(probability >= 0 && probability <= 1)) {
    throw new ConfigError(`a probability of ${probability}: it must be from 0 to 1`);
  }
  return [...connections].filter(({ isOpen }) => isOpen && random.next() < probability);
}

function emptyTotals(): Counted {
  return {
    bytesSlowed: 0,
    messagesDelayed: 0,
    messagesHeld: 0,
    connectsHeld: 0,
    messagesSwallowed: 0,
    bytesSwallowed: 0,
    connectionsReset: 0,
    segments: 0,
    stalls: 0,
  };
}
