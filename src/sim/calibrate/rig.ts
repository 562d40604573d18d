/** Shaped ends on real sockets, in one thread, so that all times are of one clock. */
import type { Address, Connection, Transport } from '../../core/interfaces.ts';
import { systemClock, TIMER_GRAIN_MS } from '../../core/node/system-clock.ts';
import { TcpTransport, type TcpTransportOptions } from '../../core/node/tcp/tcp-transport.ts';
import { messageBytes, payloadBytes } from '../../core/protocol/message-bytes.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { seededRandom } from '../../core/random.ts';
import type { LinkControl } from '../network/link-control.ts';
import { SLICE_MS_MAX } from '../network/link-sizes.ts';
import { shapedLink } from '../network/shaped-link.ts';
import { emptyShaping, type ShapingCounters } from '../network/shaping-counters.ts';
import { SliceTicks } from '../network/slice-ticks.ts';
import { unlimitedLink, type PlannedLink, type PlannedRegions } from '../plan/plan.ts';

/** So many bytes at a time of a connection. */
export interface Passage {
  readonly atMs: number;
  readonly bytes: number;
  readonly connection: number;
}

export interface End {
  readonly transport: Transport;
  readonly control: LinkControl;
  readonly counters: ShapingCounters;
  /** What has left the uplink into a socket. */
  readonly released: Passage[];
}

export interface Receiver {
  readonly address: Address;
  /** Payload bytes, and whole messages as the protocol counts them. */
  readonly payload: Passage[];
  readonly messages: { readonly atMs: number; readonly connection: number; readonly message: Message }[];
  readonly wire: Passage[];
}

const BODY = Buffer.alloc(256 * 1024);

export class Rig {
  readonly clock = systemClock();
  readonly #ticks = new SliceTicks({ clock: this.clock }, SLICE_MS_MAX);
  readonly #seed: string;
  readonly #links = new Map<string, PlannedLink>();
  readonly #closers: (() => void)[] = [];

  /** `seed`: of what its links draw. */
  constructor(seed = 'calibration') {
    this.#seed = seed;
  }

  /** `host`: a loopback address of its own, where links know one another. */
  end(
    name: string,
    link: Partial<PlannedLink>,
    { host, regions = null }: { readonly host?: string; readonly regions?: PlannedRegions | null } = {},
  ): End {
    const planned = { ...unlimitedLink, ...link };
    if (host !== undefined) this.#links.set(host, planned);
    const options: TcpTransportOptions = host === undefined ? {} : { host, localAddress: host };
    const released: Passage[] = [];
    const tcp = new TcpTransport({ clock: this.clock }, options);
    const counters = emptyShaping();
    const { transport, control } = shapedLink(
      recording(tcp, (connection, message) =>
        released.push({ atMs: this.clock.now(), bytes: messageBytes(message), connection }),
      ),
      {
        clock: this.clock,
        timerGrainMs: TIMER_GRAIN_MS,
        sliceMs: SLICE_MS_MAX,
        ticks: this.#ticks,
        random: seededRandom(`${this.#seed}/${name}`),
        linkOf: (at) => this.#links.get(at),
        regions,
      },
      planned,
      counters,
    );
    this.#closers.push(() => control.close());
    return { transport, control, counters, released };
  }

  async receive({ transport }: End): Promise<Receiver> {
    const payload: Passage[] = [];
    const wire: Passage[] = [];
    const messages: Receiver['messages'][number][] = [];
    let accepted = 0;
    const address = await new Promise<Address>((resolve, reject) => {
      const listener = transport.listen({
        port: 0,
        role: 'peer',
        onListening: resolve,
        onError: reject,
        onConnection: (opened) => {
          const connection = accepted++;
          opened.setHandlers({
            onMessage: (message) => {
              const atMs = this.clock.now();
              payload.push({ atMs, bytes: payloadBytes(message), connection });
              wire.push({ atMs, bytes: messageBytes(message), connection });
              if (message.type !== 'chunk') messages.push({ atMs, connection, message });
            },
            onClose: () => undefined,
          });
        },
      });
      this.#closers.push(() => listener.close());
    });
    return { address, payload, wire, messages };
  }

  connect({ transport }: End, address: Address): Connection {
    const connection = transport.connect(address, 'swarm');
    connection.setHandlers({ onMessage: () => undefined, onClose: () => undefined });
    return connection;
  }

  /** Sends parts of a chunk of `blockBytes` each, as long as back-pressure allows, up to `bytes` of payload. */
  flood(
    end: End,
    address: Address,
    { blockBytes, bytes = Infinity }: { blockBytes?: number; bytes?: number } = {},
  ): void {
    const connection = end.transport.connect(address, 'swarm');
    let offset = 0;
    const send = () => {
      while (offset < bytes) {
        const length = Math.min(blockBytes ?? connection.blockBytes, BODY.length, bytes - offset);
        const body = BODY.subarray(0, length);
        const part = { type: 'chunk', index: 1, offset: 0, chunkBytes: 2 ** 40, body } as const;
        offset += length;
        if (!connection.send(part)) return;
      }
    };
    connection.setHandlers({ onMessage: () => undefined, onDrain: send, onClose: () => undefined });
    send();
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.setTimer(ms, resolve));
  }

  async until(holds: () => boolean, patienceMs: number): Promise<boolean> {
    const endMs = this.clock.now() + patienceMs;
    while (!holds() && this.clock.now() < endMs) await this.sleep(1);
    return holds();
  }

  close(): void {
    for (const close of this.#closers.toReversed()) close();
  }
}

/** Tells of everything that is sent to the transport, and on which connection from 0. */
function recording(inner: Transport, onSend: (connection: number, message: Message) => void): Transport {
  let opened = 0;
  const watch = (connection: Connection): Connection => {
    const number = opened++;
    const send = connection.send.bind(connection);
    connection.send = (message) => {
      onSend(number, message);
      return send(message);
    };
    return connection;
  };
  return {
    listen: (options) =>
      inner.listen({ ...options, onConnection: (connection) => options.onConnection(watch(connection)) }),
    connect: (address, dialect) => watch(inner.connect(address, dialect)),
  };
}
