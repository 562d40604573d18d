import { LocalProtocolError, assertNever } from '../../../core/errors.ts';
import type { SwarmEvent } from '../../../core/events.ts';
import type { Clock, Random, Transport } from '../../../core/interfaces.ts';
import { TcpTransport } from '../../../core/node/tcp/tcp-transport.ts';
import { systemClock } from '../../../core/node/system-clock.ts';
import { seededRandom } from '../../../core/random.ts';
import type { Registry } from '../../../core/tracker/registry.ts';
import { Tracker } from '../../../core/tracker/tracker.ts';
import { HitBoard } from '../../faults/hits.ts';
import { meteredTransport } from '../../network/metered-transport.ts';
import { workerCounters, nodeCounters } from './counters.ts';
import { LoopDelay } from './loop-delay.ts';
import type { FromWorker, ToWorker, TrackerTask } from './messages.ts';
import { Outbox } from './outbox.ts';
import { Severable } from './severable.ts';

/** Its port may be taken for a moment while the tracker is down, as the near end of somebody's connection. */
const RESTART_TRIES = 50;
const RESTART_RETRY_MS = 100;

/** Serves the tracker until told to close. */
export function runTracker(task: TrackerTask, post: (message: FromWorker) => void): Promise<void> {
  return new Promise((resolve) => {
    const run = new TrackerRun(task, post, resolve);
    task.port.on('message', (message: ToWorker) => run.handle(message));
  });
}

class TrackerRun {
  readonly #task: TrackerTask;
  readonly #post: (message: FromWorker) => void;
  readonly #onClosed: () => void;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #transport: Transport;
  readonly #outbox: Outbox;
  readonly #loopDelay: LoopDelay;
  readonly #hits: HitBoard;
  #tracker: Tracker | undefined;
  #severable: Severable | undefined;
  #memory: Registry | undefined;
  /** As it was bound the first time. */
  #port: number;
  #starts = 0;
  #tries = 0;
  #wanted = true;

  constructor(task: TrackerTask, post: (message: FromWorker) => void, onClosed: () => void) {
    this.#task = task;
    this.#post = post;
    this.#onClosed = onClosed;
    this.#port = task.options.port;
    this.#clock = systemClock(task.originNs);
    this.#random = seededRandom(task.seed);
    this.#hits = new HitBoard(task.hits);
    this.#outbox = new Outbox((events) => post({ type: 'events', events }));
    this.#loopDelay = new LoopDelay(task.lagResolutionMs, workerCounters(task.counters, task.workerSlot));
    this.#transport = meteredTransport(
      new TcpTransport({ clock: this.#clock }, { totalChunks: task.totalChunks }),
      nodeCounters(task.counters, task.counterSlot),
    );
    this.#start(undefined);
  }

  handle(message: ToWorker): void {
    switch (message.type) {
      case 'begin':
        this.#loopDelay.begin();
        break;
      case 'tracker-stop':
        this.#stop(message.id);
        break;
      case 'tracker-start':
        if (message.forgets) this.#memory = undefined;
        this.#wanted = true;
        if (this.#tracker === undefined) this.#start(this.#memory);
        break;
      case 'tracker-reset':
        this.#reset(message.id, message.probability);
        break;
      case 'close':
        this.#close();
        break;
      case 'open':
      case 'join':
      case 'leave':
      case 'drop':
      case 'fault-begin':
      case 'fault-end':
        throw new LocalProtocolError(`${message.type} is for a thread of peers`);
      default:
        assertNever(message);
    }
  }

  #start(registry: Registry | undefined): void {
    const base = this.#components();
    this.#severable = this.#task.hasFaults ? new Severable(base) : undefined;
    const { clock, transport, events } = this.#severable ?? base;
    const random = this.#starts === 0 ? this.#random : this.#random.fork(`start/${this.#starts}`);
    this.#starts++;
    const options = { ...this.#task.options, port: this.#port };
    this.#tracker = new Tracker({ clock, random, transport, events, ...(registry && { registry }) }, options);
    this.#tracker.start();
  }

  #components() {
    const emit = (event: SwarmEvent): void => this.#heard(event);
    return { clock: this.#clock, transport: this.#transport, events: { emit } };
  }

  #heard(event: SwarmEvent): void {
    if (event.type === 'node-failed' && this.#starts > 1 && this.#tries < RESTART_TRIES) {
      this.#tries++;
      this.#tracker = undefined;
      this.#clock.setTimer(RESTART_RETRY_MS, () => {
        if (this.#wanted && this.#tracker === undefined) this.#start(this.#memory);
      });
      return;
    }
    this.#outbox.emit(event);
    if (event.type !== 'tracker-started') return;
    this.#tries = 0;
    this.#port = event.address.port;
    this.#post({ type: 'listening', address: event.address });
  }

  #stop(id: number): void {
    this.#wanted = false;
    this.#memory = this.#tracker?.memory ?? this.#memory;
    this.#tracker = undefined;
    this.#hits.counter(id)('connectionsCut', this.#severable?.sever());
    this.#severable = undefined;
  }

  #reset(id: number, probability: number): void {
    const cut = this.#severable?.reset(probability, this.#random.fork(`reset/${id}`)) ?? 0;
    this.#hits.counter(id)('connectionsCut', cut);
  }

  #close(): void {
    this.#wanted = false;
    this.#loopDelay.end();
    const done = (): void => {
      this.#outbox.flush();
      this.#onClosed();
    };
    if (this.#tracker === undefined) done();
    else this.#tracker.close(done);
  }
}
