import { TcpTransport } from '../../../core/node/tcp-transport.ts';
import { systemClock } from '../../../core/node/system-clock.ts';
import { seededRandom } from '../../../core/random.ts';
import { Tracker } from '../../../core/tracker/tracker.ts';
import { meteredTransport } from '../../network/metered-transport.ts';
import { hostCounters, nodeCounters } from './counters.ts';
import { LoopDelay } from './loop-delay.ts';
import type { FromHost, ToHost, TrackerTask } from './messages.ts';
import { Outbox } from './outbox.ts';

/** Serves the tracker until told to close. */
export function hostTracker(task: TrackerTask, post: (message: FromHost) => void): Promise<void> {
  const clock = systemClock(task.originNs);
  const outbox = new Outbox((events) => post({ type: 'events', events }));
  const loopDelay = new LoopDelay(task.lagResolutionMs, hostCounters(task.counters, task.hostSlot));
  const transport = meteredTransport(
    new TcpTransport({ clock }, { totalChunks: task.totalChunks }),
    nodeCounters(task.counters, task.counterSlot),
  );
  const tracker = new Tracker(
    {
      clock,
      random: seededRandom(task.seed),
      transport,
      events: {
        emit(event) {
          outbox.emit(event);
          if (event.type === 'tracker-started') post({ type: 'listening', address: event.address });
        },
      },
    },
    task.options,
  );
  tracker.start();
  return new Promise((resolve) => {
    task.port.on('message', (message: ToHost) => {
      if (message.type === 'begin') loopDelay.begin();
      if (message.type !== 'close') return;
      loopDelay.end();
      tracker.close(() => {
        outbox.flush();
        resolve();
      });
    });
  });
}
