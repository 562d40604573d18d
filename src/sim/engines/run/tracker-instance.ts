import type { SwarmEvent } from '../../../core/events.ts';
import type { Address, Clock, EventSink, Random, Transport } from '../../../core/interfaces.ts';
import { seededRandom } from '../../../core/random.ts';
import type { TrackerOptions } from '../../../core/tracker/options.ts';
import type { Registry } from '../../../core/tracker/registry.ts';
import { Tracker } from '../../../core/tracker/tracker.ts';
import type { HitBoard } from '../../faults/hits.ts';
import { Severable } from './severable.ts';

/** Its port may be taken for a moment while the tracker is down, as the near end of somebody's connection. */
const RESTART_TRIES = 50;
const RESTART_RETRY_MS = 100;

export interface TrackerInstanceComponents {
  readonly clock: Clock;
  /** Metered. */
  readonly transport: Transport;
  readonly events: EventSink;
  readonly hits: HitBoard;
  /** It can be reached there; called for each start. */
  onListening(address: Address): void;
}

export interface TrackerInstanceOptions {
  readonly seed: string;
  readonly tracker: TrackerOptions;
  /** Whether a fault stops it or cuts its connections. */
  readonly hasFaults: boolean;
}

/** The tracker of a run, whatever it lives in: faults stop it, start it again and cut its connections. */
export class TrackerInstance {
  readonly #components: TrackerInstanceComponents;
  readonly #options: TrackerInstanceOptions;
  readonly #random: Random;
  #tracker: Tracker | undefined;
  #severable: Severable | undefined;
  #memory: Registry | undefined;
  /** As it was bound the first time. */
  #port: number;
  #starts = 0;
  #tries = 0;
  #wanted = true;

  constructor(components: TrackerInstanceComponents, options: TrackerInstanceOptions) {
    this.#components = components;
    this.#options = options;
    this.#port = options.tracker.port;
    this.#random = seededRandom(options.seed);
  }

  /** What it knows of the swarm, also while it is stopped. */
  get memory(): Registry | undefined {
    return this.#tracker?.memory ?? this.#memory;
  }

  start(): void {
    this.#start(undefined);
  }

  /** Its process is stopped: its connections are reset. `id`: the occurrence that counts them. */
  stop(id: number): void {
    this.#wanted = false;
    this.#memory = this.#tracker?.memory ?? this.#memory;
    this.#tracker = undefined;
    this.#components.hits.counter(id)('connectionsCut', this.#severable?.sever());
    this.#severable = undefined;
  }

  /** It is started again at its port, with or without what it knew. */
  startAgain(forgets: boolean): void {
    if (forgets) this.#memory = undefined;
    this.#wanted = true;
    if (this.#tracker === undefined) this.#start(this.#memory);
  }

  reset(id: number, probability: number): void {
    const cut = this.#severable?.reset(probability, this.#random.fork(`reset/${id}`)) ?? 0;
    this.#components.hits.counter(id)('connectionsCut', cut);
  }

  close(onClosed: () => void): void {
    this.#wanted = false;
    if (this.#tracker === undefined) onClosed();
    else this.#tracker.close(onClosed);
  }

  #start(registry: Registry | undefined): void {
    const { clock: ownClock, transport: ownTransport } = this.#components;
    const emit = (event: SwarmEvent): void => this.#heard(event);
    const base = { clock: ownClock, transport: ownTransport, events: { emit } };
    this.#severable = this.#options.hasFaults ? new Severable(base) : undefined;
    const { clock, transport, events } = this.#severable ?? base;
    const random = this.#starts === 0 ? this.#random : this.#random.fork(`start/${this.#starts}`);
    this.#starts++;
    const options = { ...this.#options.tracker, port: this.#port };
    this.#tracker = new Tracker({ clock, random, transport, events, ...(registry && { registry }) }, options);
    this.#tracker.start();
  }

  #heard(event: SwarmEvent): void {
    if (event.type === 'node-failed' && this.#starts > 1 && this.#tries < RESTART_TRIES) {
      this.#tries++;
      this.#tracker = undefined;
      this.#components.clock.setTimer(RESTART_RETRY_MS, () => {
        if (this.#wanted && this.#tracker === undefined) this.#start(this.#memory);
      });
      return;
    }
    this.#components.events.emit(event);
    if (event.type !== 'tracker-started') return;
    this.#tries = 0;
    this.#port = event.address.port;
    this.#components.onListening(event.address);
  }
}
