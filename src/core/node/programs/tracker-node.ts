/** A tracker of the real world: TCP sockets, the system's clock and logs.log, put together. */
import { randomUUID } from 'node:crypto';
import type { EventSink } from '../../interfaces.ts';
import { seededRandom } from '../../random.ts';
import { trackerDefaults, type TrackerOptions } from '../../tracker/options.ts';
import { Tracker } from '../../tracker/tracker.ts';
import { LogsLog } from './logs-log.ts';
import { systemClock } from '../system-clock.ts';
import { TcpTransport } from '../tcp/tcp-transport.ts';

export interface TrackerNodeOptions {
  /** The address to listen on. */
  readonly bind: string;
  /** Appended to. */
  readonly logFile: string;
  /** Hears once when the log cannot be written any more. */
  readonly onLogFailure: (error: Error) => void;
  readonly tracker: Partial<TrackerOptions>;
}

export class TrackerNode {
  readonly #tracker: Tracker;
  readonly #log: LogsLog;

  /** Opens no socket yet. @throws {StoreError} the log cannot be written */
  constructor(options: TrackerNodeOptions, watcher: EventSink) {
    this.#log = new LogsLog(options.logFile, options.onLogFailure);
    const clock = systemClock();
    const events: EventSink = {
      emit: (event) => {
        this.#log.emit(event);
        watcher.emit(event);
      },
    };
    this.#tracker = new Tracker(
      {
        clock,
        random: seededRandom(randomUUID()),
        transport: new TcpTransport({ clock }, { host: options.bind }),
        events,
      },
      { ...trackerDefaults, ...options.tracker },
    );
  }

  /** Listens; the event `tracker-started` tells where. */
  start(): void {
    this.#tracker.start();
  }

  /** Closes the port, all connections in order, and the log. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#tracker.close(resolve));
    this.#log.close();
  }
}
