/**
 * A peer's access link, put around any transport. Rates hold per peer, in each direction, and are shared fairly by
 * its connections; latency is the peer's own way to the middle of the network and is added to what it sends and to
 * what it receives, so that two peers are apart by the sum of theirs.
 *
 * What connecting costs, with one-way delays `a` of the opener and `b` of the accepter: the opener connects, or
 * learns that it is refused, after 2a; what it sent meanwhile is then sent, and the accepter gets the first of it
 * 2b later than it otherwise would. So a first message arrives after 3a + 3b, a round trip more than a later one.
 */
import type {
  Address,
  Clock,
  Connection,
  ListenOptions,
  Listener,
  Random,
  Transport,
} from '../../core/interfaces.ts';
import type { Dialect } from '../../core/protocol/messages.ts';
import type { PlannedLink } from '../plan/plan.ts';
import { drawDelayMs, hasLatency, isUnshaped, turnBytes } from './link.ts';
import { RateScheduler } from './rate-scheduler.ts';
import { ShapedConnection, type SharedLink } from './shaped-connection.ts';
import { countRelease, type ShapingCounters } from './shaping-counters.ts';

export interface ShapedTransportComponents {
  readonly clock: Clock;
  /** Draws the jitter. */
  readonly random: Random;
}

/** Counts what it does in `counters`. A link without limits and latency is the inner transport itself. */
export function shapedTransport(
  inner: Transport,
  components: ShapedTransportComponents,
  link: PlannedLink,
  counters: ShapingCounters,
): Transport {
  return isUnshaped(link) ? inner : new ShapedTransport(inner, components, link, counters);
}

class ShapedTransport implements Transport {
  readonly #inner: Transport;
  readonly #link: SharedLink;

  constructor(
    inner: Transport,
    { clock, random }: ShapedTransportComponents,
    link: PlannedLink,
    counters: ShapingCounters,
  ) {
    this.#inner = inner;
    this.#link = {
      clock,
      up: createScheduler(clock, link.upBytesPerSec, counters, 'bytesPacedUp'),
      down: createScheduler(clock, link.downBytesPerSec, counters, 'bytesPacedDown'),
      upBytesPerSec: link.upBytesPerSec,
      downBytesPerSec: link.downBytesPerSec,
      drawDelayMs: hasLatency(link) ? () => drawDelayMs(link, random) : undefined,
      onBytesDelayed: (bytes) => (counters.bytesDelayed += bytes),
      onLate: (lateMs) => countRelease(counters, lateMs),
    };
  }

  listen(options: ListenOptions): Listener {
    let closed = false;
    const listener = this.#inner.listen({
      ...options,
      onConnection: (inner) => {
        const { remote, dialect } = inner;
        const handOver = (connection: Connection) => {
          if (!closed) options.onConnection(connection);
          return !closed;
        };
        const connection = new ShapedConnection(this.#link, { remote, dialect, handOver });
        connection.open(inner, this.#roundTripMs());
      },
    });
    return {
      close() {
        closed = true;
        listener.close();
      },
    };
  }

  connect(address: Address, dialect: Dialect): Connection {
    const connection = new ShapedConnection(this.#link, { remote: address, dialect });
    if (this.#link.drawDelayMs === undefined) connection.open(this.#inner.connect(address, dialect));
    else {
      this.#link.clock.setTimer(this.#roundTripMs(), () => {
        if (!connection.over) connection.open(this.#inner.connect(address, dialect));
      });
    }
    return connection;
  }

  /** This side's part of a round trip. */
  #roundTripMs(): number {
    const draw = this.#link.drawDelayMs;
    return draw === undefined ? 0 : draw() + draw();
  }
}

function createScheduler(
  clock: Clock,
  bytesPerSec: number | null,
  counters: ShapingCounters,
  field: 'bytesPacedUp' | 'bytesPacedDown',
): RateScheduler | undefined {
  if (bytesPerSec === null) return undefined;
  return new RateScheduler(
    { clock },
    {
      bytesPerSec,
      turnBytes: turnBytes(bytesPerSec),
      onRelease(bytes, lateMs) {
        counters[field] += bytes;
        countRelease(counters, lateMs);
      },
    },
  );
}
