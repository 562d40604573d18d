import { assertNever } from '../../core/errors.ts';
import type { ChunkStore, Clock, Random, Timer, Transport } from '../../core/interfaces.ts';
import type { ChunkSet } from '../../core/chunk-set.ts';
import type { LinkControl } from '../network/link-control.ts';
import { Corrupting } from './corrupting.ts';
import { FaultyDisk } from './disk.ts';
import { filteredTransport } from './filtered-transport.ts';
import { FreeRiding } from './free-riding.ts';
import { Suspension } from './suspension.ts';
import type { CountHit, HitBoard } from './hits.ts';
import { ActiveEffects } from './active-effects.ts';
import { LinkFaults } from './link-faults.ts';
import { Lying } from './lying.ts';
import type { PeerEffect } from './occurrence.ts';

/** A fault that holds for a peer, as it is told to the peer's thread. */
export interface ActiveFault {
  /** Of the occurrence: its row on the board of hits. */
  readonly id: number;
  readonly effect: PeerEffect;
  /** Of a partition: the hosts of each side. */
  readonly sides: readonly (readonly string[])[];
}

export interface PeerFaultsComponents {
  readonly clock: Clock;
  readonly random: Random;
  /** Already shaped. */
  readonly transport: Transport;
  readonly store: ChunkStore;
  readonly control: LinkControl;
  readonly hits: HitBoard;
  /** What the peer really holds. */
  held(): ChunkSet;
}

/** What the link has hit is counted in such steps: a killed thread cannot tell what it did last. */
const PUBLISH_MS = 100;

/** A timer later than this was held up by more than its own inaccuracy: as of links, that time is lost. */
const LATE_MS_MAX = 20;

/** All that faults can do to one peer in its thread: what it is made of, with the faults around it. */
export class PeerFaults {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly store: ChunkStore;
  readonly #components: PeerFaultsComponents;
  readonly #suspension: Suspension;
  readonly #pauses = new ActiveEffects<'pause'>();
  readonly #corrupting: Corrupting;
  readonly #lying: Lying;
  readonly #freeRiding = new FreeRiding();
  readonly #disk: FaultyDisk;
  readonly #link: LinkFaults;
  readonly #active = new Map<number, PeerEffect>();
  #publishing: Timer | undefined;
  #busyUntilMs = 0;
  /** What has waited for the disk is being written. */
  #goesOn = false;

  constructor(components: PeerFaultsComponents, { ownHost }: { readonly ownHost: string }) {
    this.#components = components;
    const { clock, random, transport, store, control } = components;
    this.#suspension = new Suspension({ clock, transport, onHeld: (what) => this.#onHeld(what) });
    this.#corrupting = new Corrupting({ random });
    this.#lying = new Lying({ held: () => components.held() });
    this.#disk = new FaultyDisk(store, { keepBusy: (ms) => this.#keepBusy(ms) });
    this.#link = new LinkFaults(control, { ownHost });
    this.clock = this.#suspension.clock;
    this.store = this.#disk;
    // From the network to the peer: what it corrupts it has not refused to send, and what it shows may be a lie.
    const corrupting = filteredTransport(this.#suspension.transport, () => this.#corrupting.filter());
    const freeRiding = filteredTransport(corrupting, (beneath) => this.#freeRiding.filter(beneath));
    this.transport = filteredTransport(freeRiding, (beneath) => this.#lying.filter(beneath));
  }

  /** Now, or when the peer is not stopped any more: then it was held up as a timer of the peer's own is. */
  happen(action: () => void): void {
    this.#suspension.happen(action, 'timer');
  }

  begin({ id, effect, sides }: ActiveFault): void {
    if (this.#active.has(id)) return;
    const count = this.#components.hits.counter(id);
    this.#active.set(id, effect);
    this.#apply(id, effect, sides, count);
    this.#publishing ??= this.#components.clock.setTimer(PUBLISH_MS, () => this.#publish());
  }

  end(id: number): void {
    const effect = this.#active.get(id);
    if (effect === undefined) return;
    this.#active.delete(id);
    this.#lift(id, effect);
    if (this.#active.size === 0) this.#stopPublishing();
  }

  /** The peer is gone: what a fault keeps from others on its link reaches them. */
  endOnLink(id: number): void {
    this.#link.end(id);
  }

  /** The run is over: nothing holds any more. */
  endAll(): void {
    for (const id of [...this.#active.keys()]) this.end(id);
    this.#suspension.resumeAll();
  }

  /** The peer is gone. */
  close(): void {
    this.#link.publish();
    this.#stopPublishing();
  }

  #apply(id: number, effect: PeerEffect, sides: ActiveFault['sides'], count: CountHit): void {
    switch (effect.kind) {
      case 'pause':
        this.#pauses.add(id, { effect, count });
        return this.#suspension.suspend();
      case 'corrupt':
        return this.#corrupting.active.add(id, { effect, count });
      case 'lie':
        this.#lying.active.add(id, { effect, count });
        return this.#lying.begin();
      case 'free-ride':
        this.#freeRiding.active.add(id, { effect, count });
        return this.#freeRiding.begin();
      case 'disk-full':
        return this.#disk.full.add(id, { effect, count });
      case 'slow-disk':
        return this.#disk.slow.add(id, { effect, count });
      case 'partition':
      case 'slow-down':
      case 'latency-spike':
      case 'black-hole':
      case 'reset':
        return this.#link.begin(id, effect, sides, count);
      default:
        return assertNever(effect);
    }
  }

  #lift(id: number, { kind }: PeerEffect): void {
    switch (kind) {
      case 'pause':
        this.#pauses.delete(id);
        return this.#suspension.resume();
      case 'corrupt':
        return this.#corrupting.active.delete(id);
      case 'lie':
        return this.#lying.active.delete(id);
      case 'free-ride':
        this.#freeRiding.active.delete(id);
        return this.#freeRiding.end();
      case 'disk-full':
        return this.#disk.full.delete(id);
      case 'slow-disk':
        return this.#disk.slow.delete(id);
      case 'partition':
      case 'slow-down':
      case 'latency-spike':
      case 'black-hole':
      case 'reset':
        return this.#link.end(id);
      default:
        return assertNever(kind);
    }
  }

  #onHeld(what: 'message' | 'timer'): void {
    this.#pauses.first?.count(what === 'message' ? 'messagesHeld' : 'timersHeld');
  }

  /** One write after another: the disk does not do two at a time, and makes up for a timer that was late. */
  #keepBusy(ms: number): void {
    const { clock } = this.#components;
    const now = clock.now();
    const isBehind = this.#goesOn && now - this.#busyUntilMs <= LATE_MS_MAX;
    this.#busyUntilMs = (isBehind ? this.#busyUntilMs : Math.max(this.#busyUntilMs, now)) + ms;
    this.#suspension.suspend();
    clock.setTimer(Math.max(0, this.#busyUntilMs - now), () => this.#goOn());
  }

  #goOn(): void {
    this.#goesOn = true;
    this.#suspension.resume();
    this.#goesOn = false;
  }

  #publish(): void {
    this.#link.publish();
    this.#publishing = this.#components.clock.setTimer(PUBLISH_MS, () => this.#publish());
  }

  #stopPublishing(): void {
    this.#publishing?.cancel();
    this.#publishing = undefined;
  }
}
