import type { Clock, Connection, Transport } from '../../src/core/interfaces.ts';
import type { Message } from '../../src/core/protocol/messages.ts';
import { seededRandom } from '../../src/core/random.ts';
import { MemoryNetwork } from '../../src/sim/engines/virtual/memory-transport.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { shapedTransport } from './shaped-transport.ts';
import { emptyShaping, type ShapingCounters } from '../../src/sim/network/shaping-counters.ts';
import { unlimitedLink, type PlannedLink } from '../../src/sim/plan/plan.ts';

export const have = (index: number) => ({ type: 'have', index }) as const;

/** A message that arrived: when, and on which of the accepted connections, in order of acceptance from 0. */
export interface Arrival {
  readonly atMs: number;
  readonly connection: number;
  readonly message: Message;
}

/** A virtual network of shaped hosts. */
export class ShapedWorld {
  readonly clock: VirtualClock;
  /** What the shaped hosts see; may be late. */
  readonly hostClock: Clock;
  readonly network: MemoryNetwork;
  readonly arrivals: Arrival[] = [];
  readonly accepted: Connection[] = [];

  constructor(makeHostClock: (clock: VirtualClock) => Clock = (clock) => clock) {
    this.clock = new VirtualClock();
    this.hostClock = makeHostClock(this.clock);
    this.network = new MemoryNetwork({ clock: this.clock });
  }

  host(name: string, link: Partial<PlannedLink>): { transport: Transport; counters: ShapingCounters } {
    const counters = emptyShaping();
    const transport = shapedTransport(
      this.network.transport(name),
      { clock: this.hostClock, random: seededRandom(name) },
      { ...unlimitedLink, ...link },
      counters,
    );
    return { transport, counters };
  }

  /** Records what arrives at port 1 of the host. */
  receive(transport: Transport): void {
    transport.listen({
      port: 1,
      role: 'peer',
      onConnection: (accepted) => {
        const connection = this.accepted.push(accepted) - 1;
        accepted.setHandlers({
          onMessage: (message) => this.arrivals.push({ atMs: this.clock.now(), connection, message }),
          onClose: () => {},
        });
      },
      onListening: () => {},
      onError(error) {
        throw error;
      },
    });
  }

  /** Opens a connection that sends a chunk without end, in blocks as it is advised, obeying back-pressure. */
  flood(transport: Transport, host: string, bytes = Infinity): Connection {
    const connection = transport.connect({ host, port: 1 }, 'swarm');
    let offset = 0;
    const send = () => {
      while (offset < bytes) {
        const byteLength = Math.min(connection.blockBytes, bytes - offset);
        const part = { type: 'chunk', index: 1, offset, chunkBytes: 2 ** 50, body: { byteLength } } as const;
        offset += byteLength;
        if (!connection.send(part)) return;
      }
    };
    connection.setHandlers({ onMessage: () => {}, onDrain: send, onClose: () => {} });
    send();
    return connection;
  }

  /** Payload that arrived after `fromMs` and until `toMs`, of one connection or of all. */
  payload(fromMs: number, toMs: number, connection?: number): number {
    return this.arrivals
      .filter((arrival) => arrival.atMs > fromMs && arrival.atMs <= toMs)
      .filter((arrival) => connection === undefined || arrival.connection === connection)
      .reduce((sum, { message }) => sum + bodyBytes(message), 0);
  }
}

export function bodyBytes(message: Message): number {
  return message.type === 'chunk' || message.type === 'raw' ? message.body.byteLength : 0;
}
