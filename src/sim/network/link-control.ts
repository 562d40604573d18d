/** What a peer's link can be told while it is in use, and what it tells of it. */
import type { Clock, Random, Transport } from '../../core/interfaces.ts';
import type { PlannedLink, PlannedRegions } from '../plan/plan.ts';
import type { SliceTicks } from './slice-ticks.ts';

export interface LinkComponents {
  readonly clock: Clock;
  /** About how late the clock's timers come although nothing else is going on, in ms. Default 0: they are exact. */
  readonly timerGrainMs?: number;
  /** What a rate lets go at a time takes about so long. Default `SLICE_MS_MIN`. */
  readonly sliceMs?: number;
  /** Of the thread; absent: each rate has a timer of its own. */
  readonly ticks?: SliceTicks;
  /** Of the thread; absent: who wants to connect does so at once. */
  readonly dials?: Dials;
  /** Draws jitter, losses and which connections are reset. */
  readonly random: Random;
  /**
   * The link of whoever is at that host; undefined: nobody of the plan (the tracker, an outsider), who has no region,
   * no latency and no window. Needed for regions and windows; default: nobody is known.
   */
  readonly linkOf?: (host: string) => PlannedLink | undefined;
  /** Default null: links have no regions. */
  readonly regions?: PlannedRegions | null;
  /** The clock's time at which the plan's times begin. Default 0; see `LinkControl.setStartMs`. */
  readonly startMs?: number;
}

/** When connections are opened, where there are many at once. */
export interface Dials {
  /** Calls `dial` at once or later, in the order in which each `who` came with its own. */
  enter(who: object, dial: () => void): void;
}

/** A peer's link around a transport: what the peer uses, and how the link is changed meanwhile. */
export interface ShapedLink {
  readonly transport: Transport;
  readonly control: LinkControl;
}

export type Direction = 'in' | 'out';

/** Faults. All of them hold from the call on, also for connections that exist; each counts what it hit. */
export interface LinkControl {
  /** When the plan's times begin on the clock; to be called before the peer starts. */
  setStartMs(startMs: number): void;
  /** Multiplies both rates; 1 undoes it. @throws {ConfigError} not above 0, or not finite */
  setRateFactor(factor: number): void;
  /** Goes on top of the one-way latency, in each direction; 0 undoes it. @throws {ConfigError} below 0 or not finite */
  setExtraLatencyMs(extraMs: number): void;
  /**
   * Nothing passes to (`out`) or from (`in`) the hosts for which it says true; null heals. What is sent meanwhile
   * waits and is delivered after the healing, in order. A connection cannot be made while either direction is
   * blocked: an attempt waits, and counts as refused after 10 s, as TCP's does. A reset or an end waits too.
   * To part two peers, block both of their links.
   */
  block(isBlocked: ((host: string, direction: Direction) => boolean) | null): BlockEffect;
  /**
   * While on, whatever is sent or received vanishes and nobody is told; connecting gets no answer. When it is over,
   * connections that have lost something are reset: a stream with a hole cannot go on.
   */
  setBlackHole(on: boolean): void;
  /** Resets each open connection with this probability (0 to 1); both ends see it. Returns how many. */
  resetConnections(probability: number): number;
  /** What has been hit so far, over the link's life; take differences for one fault. */
  totals(): LinkTotals;
  /** The peer is gone: drops what waits and closes what a fault has kept open. Idempotent. */
  close(): void;
}

export interface BlockEffect {
  /** Messages that this block has held back so far beyond their time. */
  messagesHeld(): number;
}

export interface LinkTotals {
  /** Bytes that went through at a rate changed by `setRateFactor`. */
  readonly bytesSlowed: number;
  /** Messages that had to wait for `setExtraLatencyMs`. */
  readonly messagesDelayed: number;
  /** Messages that a block has held back beyond their time. */
  readonly messagesHeld: number;
  /** Attempts to connect that a block or a black hole has held back. */
  readonly connectsHeld: number;
  readonly messagesSwallowed: number;
  readonly bytesSwallowed: number;
  /** By `resetConnections`, and by the end of a black hole. */
  readonly connectionsReset: number;
  /** Segments that could be lost, of both directions, and how many were: each a stall of the time-out. */
  readonly segments: number;
  readonly stalls: number;
}
