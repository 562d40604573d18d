/** A tracker on a stage: a virtual clock, a transport whose remotes the test plays by hand, and all that was told. */
import type { SwarmEvent, SwarmEventType } from '../../src/core/events.ts';
import type {
  Address,
  CloseReason,
  Connection,
  ConnectionHandlers,
  ListenOptions,
  Transport,
} from '../../src/core/interfaces.ts';
import type { Dialect, Message, Peers, SwarmMessage } from '../../src/core/protocol/messages.ts';
import { bitfieldBytes, ChunkSet } from '../../src/core/chunk-set.ts';
import { seededRandom } from '../../src/core/random.ts';
import { trackerDefaults, type TrackerOptions } from '../../src/core/tracker/options.ts';
import type { Registry } from '../../src/core/tracker/registry.ts';
import { Tracker } from '../../src/core/tracker/tracker.ts';
import { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';

/** The tracker's end of a connection; the test is the remote. */
export class Remote implements Connection {
  readonly remote: Address;
  readonly dialect: Dialect;
  readonly bufferedBytes = 0;
  readonly blockBytes = 65_536;
  readonly #clock: VirtualClock;
  readonly #got: { readonly atMs: number; readonly message: Message }[] = [];
  handlers!: ConnectionHandlers;
  paused = false;
  /** What the tracker did to it. */
  over: 'end' | 'abort' | undefined;
  /** Answers of `send`: false plays a remote that does not read. */
  reads = true;

  constructor(clock: VirtualClock, dialect: Dialect, remote: Address) {
    this.#clock = clock;
    this.dialect = dialect;
    this.remote = remote;
  }

  setHandlers(handlers: ConnectionHandlers): void {
    this.handlers = handlers;
  }
  send(message: Message): boolean {
    if (this.over !== undefined) return false;
    this.#got.push({ atMs: this.#clock.now(), message });
    return this.reads;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  end(): void {
    this.#close('end');
  }
  abort(): void {
    this.#close('abort');
  }

  #close(how: 'end' | 'abort'): void {
    if (this.over !== undefined) return;
    this.over = how;
    this.#clock.setTimer(1, () => this.handlers.onClose({ kind: 'end' }));
  }

  /** The remote closes or breaks the connection. */
  closes(reason: CloseReason = { kind: 'end' }): void {
    if (this.over !== undefined) return;
    this.over = 'end';
    this.handlers.onClose(reason);
  }

  says(...messages: Message[]): void {
    for (const message of messages) this.handlers.onMessage(message);
  }

  /** What has come since the last time, in order. */
  got(): Message[] {
    return this.#got.splice(0).map(({ message }) => message);
  }

  /** The same with the time of each. */
  gotAt(): { readonly atMs: number; readonly message: Message }[] {
    return this.#got.splice(0);
  }

  /** The only message since the last time, which must be `peers`. */
  peers(): Peers {
    const got = this.got();
    if (got.length !== 1 || got[0]!.type !== 'peers')
      throw new Error(`not one peers: ${JSON.stringify(got)}`);
    return got[0];
  }
}

export class TrackerStage {
  readonly clock = new VirtualClock();
  readonly events: SwarmEvent[] = [];
  readonly tracker: Tracker;
  listening!: ListenOptions;
  listenerClosed = false;

  constructor(options: Partial<TrackerOptions> = {}, seed = 'stage', registry?: Registry) {
    const transport: Transport = {
      listen: (listenOptions) => {
        this.listening = listenOptions;
        return { close: () => (this.listenerClosed = true) };
      },
      connect: () => {
        throw new Error('a tracker never connects');
      },
    };
    this.tracker = new Tracker(
      {
        clock: this.clock,
        random: seededRandom(seed),
        transport,
        events: { emit: (event) => this.events.push(event) },
        ...(registry && { registry }),
      },
      { ...trackerDefaults, ...options },
    );
    this.tracker.start();
  }

  /** A classic client connects. */
  spec(host = '127.0.0.1'): Remote {
    return this.#accept('spec-tracker', { host, port: 40_000 });
  }

  /** A swarm peer connects and says its handshake. */
  swarm(port: number, totalChunks: number, host = '127.0.0.1'): Remote {
    const remote = this.#accept('swarm', { host, port: 50_000 });
    remote.says({ type: 'handshake', version: 1, name: `peer ${port}`, port, totalChunks });
    return remote;
  }

  #accept(dialect: Dialect, address: Address): Remote {
    const remote = new Remote(this.clock, dialect, address);
    this.listening.onConnection(remote);
    return remote;
  }

  told<T extends SwarmEventType>(type: T): Extract<SwarmEvent, { type: T }>[] {
    return this.events.filter((event): event is Extract<SwarmEvent, { type: T }> => event.type === type);
  }
}

export function hashOf(letter: string): string {
  return letter.repeat(40);
}

/** An announce of a peer that holds these chunks, all claimed, each of 100 bytes. */
export function announce(
  totalChunks: number,
  held: Readonly<Record<number, string>>,
  more: Partial<Extract<SwarmMessage, { type: 'announce' }>> = {},
): SwarmMessage {
  const set = new ChunkSet(totalChunks);
  const claims = Object.entries(held).map(([index, letter]) => {
    set.add(Number(index));
    return { index: Number(index), bytes: 100, hash: hashOf(letter) };
  });
  return { type: 'announce', event: 'update', wanted: 50, bits: set.toBits(), claims, ...more };
}

export function bitsOf(totalChunks: number, ...indices: number[]): Uint8Array {
  const bits = new Uint8Array(bitfieldBytes(totalChunks));
  for (const index of indices) bits[(index - 1) >> 3]! |= 0x80 >> ((index - 1) & 7);
  return bits;
}
