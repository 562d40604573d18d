import { LocalProtocolError, assertNever } from '../../../core/errors.ts';
import { TcpTransport } from '../../../core/node/tcp/tcp-transport.ts';
import { systemClock } from '../../../core/node/system-clock.ts';
import { HitBoard } from '../../faults/hits.ts';
import { meteredTransport } from '../../network/metered-transport.ts';
import { TrackerInstance } from '../run/tracker-instance.ts';
import { workerCounters, nodeCounters } from '../real-time/counters.ts';
import { LoopDelay } from './loop-delay.ts';
import type { FromWorker, ToWorker, TrackerTask } from './messages.ts';
import { Outbox } from './outbox.ts';

/** Serves the tracker until told to close. */
export function runTracker(task: TrackerTask, post: (message: FromWorker) => void): Promise<void> {
  return new Promise((resolve) => {
    const run = new TrackerRun(task, post, resolve);
    task.port.on('message', (message: ToWorker) => run.handle(message));
  });
}

class TrackerRun {
  readonly #onClosed: () => void;
  readonly #outbox: Outbox;
  readonly #loopDelay: LoopDelay;
  readonly #tracker: TrackerInstance;

  constructor(task: TrackerTask, post: (message: FromWorker) => void, onClosed: () => void) {
    this.#onClosed = onClosed;
    const clock = systemClock(task.originNs);
    this.#outbox = new Outbox((events) => post({ type: 'events', events }));
    this.#loopDelay = new LoopDelay({ clock }, task.beatMs, workerCounters(task.counters, task.workerSlot));
    const tcp = new TcpTransport(
      { clock },
      {
        totalChunks: task.totalChunks,
        ...(task.host !== undefined && { host: task.host }),
        ...(task.members !== undefined && { members: task.members }),
      },
    );
    this.#tracker = new TrackerInstance(
      {
        clock,
        transport: meteredTransport(tcp, nodeCounters(task.counters, task.counterSlot)),
        events: this.#outbox,
        hits: new HitBoard(task.hits),
        onListening: (address) => post({ type: 'listening', address }),
      },
      { seed: task.seed, tracker: task.options, hasFaults: task.hasFaults },
    );
    this.#tracker.start();
  }

  handle(message: ToWorker): void {
    switch (message.type) {
      case 'begin':
        this.#loopDelay.begin(message.startMs);
        break;
      case 'tracker-stop':
        this.#tracker.stop(message.id);
        break;
      case 'tracker-start':
        this.#tracker.startAgain(message.forgets);
        break;
      case 'tracker-reset':
        this.#tracker.reset(message.id, message.probability);
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

  #close(): void {
    this.#loopDelay.end();
    this.#tracker.close(() => {
      this.#outbox.flush();
      this.#onClosed();
    });
  }
}
