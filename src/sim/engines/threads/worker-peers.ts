import { LocalProtocolError, assertNever, toPlainError } from '../../../core/errors.ts';
import { FolderStore } from '../../../core/node/store/folder-store.ts';
import { systemClock } from '../../../core/node/system-clock.ts';
import { HitBoard } from '../../faults/hits.ts';
import { SliceTicks } from '../../network/slice-ticks.ts';
import { workerCounters, nodeCounters } from '../real-time/counters.ts';
import { LoopDelay } from './loop-delay.ts';
import type { FromWorker, PeersTask, PeerSetup, ToWorker } from './messages.ts';
import { Outbox } from './outbox.ts';
import { PeerInstance } from '../run/peer-instance.ts';
import { DialTurns } from './dial-turns.ts';
import { tcpNetwork } from './tcp-network.ts';

/** Runs peers until told to close; resolves when all of them have left and their sockets are closed. */
export function runPeers(task: PeersTask, post: (message: FromWorker) => void): Promise<void> {
  return new Promise((resolve) => {
    const run = new PeersRun(task, post, resolve);
    task.port.on('message', (message: ToWorker) => run.handle(message));
  });
}

class PeersRun {
  readonly #task: PeersTask;
  readonly #post: (message: FromWorker) => void;
  readonly #onClosed: () => void;
  readonly #clock;
  readonly #outbox: Outbox;
  readonly #loopDelay: LoopDelay;
  readonly #ticks: SliceTicks;
  readonly #dials = new DialTurns();
  readonly #instances = new Map<string, PeerInstance>();
  readonly #hits: HitBoard;
  #startMs: number | undefined;
  #closing = false;

  constructor(task: PeersTask, post: (message: FromWorker) => void, onClosed: () => void) {
    this.#task = task;
    this.#post = post;
    this.#onClosed = onClosed;
    this.#clock = systemClock(task.originNs);
    this.#ticks = new SliceTicks({ clock: this.#clock }, task.sliceMs);
    this.#hits = new HitBoard(task.hits);
    this.#outbox = new Outbox((events) => post({ type: 'events', events }));
    this.#loopDelay = new LoopDelay(
      { clock: this.#clock },
      task.beatMs,
      workerCounters(task.counters, task.workerSlot),
    );
  }

  handle(message: ToWorker): void {
    switch (message.type) {
      case 'open':
        this.#open(message.setup);
        break;
      case 'begin':
        this.#loopDelay.begin(message.watchFrom === 'now' ? this.#clock.now() : message.startMs);
        this.#startMs = message.startMs;
        for (const instance of this.#instances.values()) instance.begin(message.startMs);
        break;
      case 'join':
        this.#join(message.peer, message.atMs);
        break;
      // These may cross with a peer that is gone already.
      case 'leave':
        this.#instances.get(message.peer)?.leave();
        break;
      case 'drop':
        this.#instances.get(message.peer)?.drop();
        break;
      case 'fault-begin':
        this.#instances.get(message.peer)?.beginFault(message.fault);
        break;
      case 'fault-end':
        this.#instances.get(message.peer)?.endFault(message.id);
        break;
      case 'tracker-stop':
      case 'tracker-start':
      case 'tracker-reset':
        throw new LocalProtocolError(`${message.type} is for the tracker's thread`);
      case 'close':
        this.#closing = true;
        // Leaving all at once is no part of the run.
        this.#loopDelay.end();
        for (const instance of [...this.#instances.values()]) instance.close();
        this.#closeIfEmpty();
        break;
      default:
        assertNever(message);
    }
  }

  #open(setup: PeerSetup): void {
    const { name } = setup.peer;
    const { tracker, shared, sliceMs, neighbourhood } = this.#task;
    const counters = nodeCounters(this.#task.counters, setup.counterSlot);
    const instance = new PeerInstance(
      {
        clock: this.#clock,
        counters,
        events: this.#outbox,
        tracker,
        severable: shared,
        hits: this.#hits,
        join: (random) =>
          tcpNetwork(
            {
              clock: this.#clock,
              random,
              counters,
              sliceMs,
              ticks: this.#ticks,
              dials: this.#dials,
              neighbourhood,
              members: this.#task.members,
            },
            setup,
            this.#task.totalChunks,
          ),
        onGone: () => this.#gone(name),
      },
      setup,
    );
    this.#instances.set(name, instance);
    if (this.#startMs !== undefined) instance.begin(this.#startMs);
    const { folder, known } = setup;
    // Who comes back verifies what its folder holds, as any peer does.
    FolderStore.open(folder, { knownChunks: known, verify: known.length === 0 })
      .then((store) => instance.open(store))
      .then(
        () => this.#post({ type: 'ready', peer: name }),
        (error: unknown) => this.#post({ type: 'failed', error: toPlainError(error) }),
      );
  }

  #gone(peer: string): void {
    this.#instances.delete(peer);
    this.#outbox.flush();
    this.#post({ type: 'gone', peer, atMs: this.#clock.now() });
    this.#closeIfEmpty();
  }

  #closeIfEmpty(): void {
    if (!this.#closing || this.#instances.size > 0) return;
    this.#outbox.flush();
    this.#onClosed();
  }

  #join(peer: string, atMs: number): void {
    const instance = this.#instances.get(peer);
    if (instance === undefined)
      throw new LocalProtocolError(`${peer} is to join, but is not open in this thread`);
    instance.join(atMs);
  }
}
