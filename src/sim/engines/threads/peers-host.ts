import { LocalProtocolError, assertNever, toPlainError } from '../../../core/errors.ts';
import { systemClock } from '../../../core/node/system-clock.ts';
import { hostCounters, nodeCounters } from './counters.ts';
import { LoopDelay } from './loop-delay.ts';
import type { FromHost, PeersTask, Seat, ToHost } from './messages.ts';
import { Outbox } from './outbox.ts';
import { PeerSeat } from './peer-seat.ts';

/** Hosts peers until told to close; resolves when all of them have left and their sockets are closed. */
export function hostPeers(task: PeersTask, post: (message: FromHost) => void): Promise<void> {
  return new Promise((resolve) => {
    const host = new PeersHost(task, post, resolve);
    task.port.on('message', (message: ToHost) => host.handle(message));
  });
}

class PeersHost {
  readonly #task: PeersTask;
  readonly #post: (message: FromHost) => void;
  readonly #onClosed: () => void;
  readonly #clock;
  readonly #outbox: Outbox;
  readonly #loopDelay: LoopDelay;
  readonly #seats = new Map<string, PeerSeat>();
  #closing = false;

  constructor(task: PeersTask, post: (message: FromHost) => void, onClosed: () => void) {
    this.#task = task;
    this.#post = post;
    this.#onClosed = onClosed;
    this.#clock = systemClock(task.originNs);
    this.#outbox = new Outbox((events) => post({ type: 'events', events }));
    this.#loopDelay = new LoopDelay(task.lagResolutionMs, hostCounters(task.counters, task.hostSlot));
  }

  handle(message: ToHost): void {
    switch (message.type) {
      case 'open':
        this.#open(message.seat);
        break;
      case 'begin':
        this.#loopDelay.begin();
        break;
      case 'join':
        this.#join(message.peer, message.atMs);
        break;
      // These may cross with a peer that is gone already.
      case 'leave':
        this.#seats.get(message.peer)?.leave();
        break;
      case 'drop':
        this.#seats.get(message.peer)?.drop();
        break;
      case 'close':
        this.#closing = true;
        // Leaving all at once is no part of the run.
        this.#loopDelay.end();
        for (const seat of [...this.#seats.values()]) seat.leave();
        this.#closeIfEmpty();
        break;
      default:
        assertNever(message);
    }
  }

  #open(seat: Seat): void {
    const peer = seat.options.name;
    const opened = new PeerSeat(
      {
        clock: this.#clock,
        counters: nodeCounters(this.#task.counters, seat.counterSlot),
        events: this.#outbox,
        tracker: this.#task.tracker,
        shared: this.#task.shared,
        onGone: () => this.#gone(peer),
      },
      seat,
    );
    this.#seats.set(peer, opened);
    opened.open().then(
      () => this.#post({ type: 'ready', peer }),
      (error: unknown) => this.#post({ type: 'failed', error: toPlainError(error) }),
    );
  }

  #gone(peer: string): void {
    this.#seats.delete(peer);
    this.#outbox.flush();
    this.#post({ type: 'gone', peer, atMs: this.#clock.now() });
    this.#closeIfEmpty();
  }

  #closeIfEmpty(): void {
    if (!this.#closing || this.#seats.size > 0) return;
    this.#outbox.flush();
    this.#onClosed();
  }

  #join(peer: string, atMs: number): void {
    const seat = this.#seats.get(peer);
    if (seat === undefined)
      throw new LocalProtocolError(`${peer} is to join, but has no seat in this thread`);
    seat.join(atMs);
  }
}
