import type {
  Address,
  Clock,
  CloseReason,
  Connection,
  Listener,
  Transport,
} from '../../src/core/interfaces.ts';
import type { Dialect, Message } from '../../src/core/protocol/messages.ts';
import type { VirtualClock } from '../../src/sim/engines/virtual/virtual-clock.ts';
import { TrackedTransport } from './tracked-transport.ts';
import { untilTrue } from './until-true.ts';

/** Two hosts that can reach each other, and a way to let things happen. */
export interface TransportWorld {
  /** What listens, and what connects. */
  readonly near: Transport;
  readonly far: Transport;
  readonly clock: Clock;
  /** Where `near` listens. */
  readonly host: string;
  /** Lets things happen until the condition holds. @throws when it does not come to hold */
  until(condition: () => boolean): Promise<void>;
  close(): void;
}

/** Hosts in virtual time. */
export function virtualWorld(
  clock: VirtualClock,
  hosts: Pick<TransportWorld, 'near' | 'far'>,
  patienceMs = 60_000,
): TransportWorld {
  return {
    ...hosts,
    clock,
    host: 'near',
    until(condition) {
      if (clock.runUntil(condition, clock.now() + patienceMs)) return Promise.resolve();
      return Promise.reject(new Error('nothing more happens'));
    },
    close: () => {},
  };
}

/** Sockets of this machine, in real time. */
export function socketWorld(
  clock: Clock,
  { near, far }: Readonly<Record<'near' | 'far', Transport>>,
  host = '127.0.0.1',
): TransportWorld {
  const tracked = { near: new TrackedTransport(near), far: new TrackedTransport(far) };
  return {
    ...tracked,
    clock,
    host,
    until: untilTrue,
    close() {
      tracked.near.close();
      tracked.far.close();
    },
  };
}

/** One end of a conversation, and everything it heard, bodies copied. */
export interface Recorded {
  readonly connection: Connection;
  readonly messages: Message[];
  readonly log: string[];
  readonly closes: CloseReason[];
  /** Bytes of chunk bodies that came in. */
  payloadBytes: number;
}

export interface RecordOptions {
  /** With it the connection does not end itself when the remote has. */
  readonly onRemoteEnd?: (recorded: Recorded) => void;
  readonly onDrain?: (recorded: Recorded) => void;
  readonly onMessage?: (recorded: Recorded, message: Message) => void;
  /** Bodies are only counted. */
  readonly countOnly?: boolean;
}

export function record(connection: Connection, options: RecordOptions = {}): Recorded {
  const recorded: Recorded = { connection, messages: [], log: [], closes: [], payloadBytes: 0 };
  const { onRemoteEnd } = options;
  connection.setHandlers({
    onMessage(message) {
      recorded.log.push(message.type);
      if (message.type === 'chunk' || message.type === 'raw')
        recorded.payloadBytes += message.body.byteLength;
      if (options.countOnly !== true) recorded.messages.push(kept(message));
      options.onMessage?.(recorded, message);
    },
    onDrain() {
      recorded.log.push('drain');
      options.onDrain?.(recorded);
    },
    ...(onRemoteEnd && {
      onRemoteEnd() {
        recorded.log.push('remote-end');
        onRemoteEnd(recorded);
      },
    }),
    onClose(reason) {
      recorded.log.push('close');
      recorded.closes.push(reason);
    },
  });
  return recorded;
}

function kept(message: Message): Message {
  if (message.type !== 'chunk' && message.type !== 'raw') return message;
  return { ...message, body: Uint8Array.from(message.body as Uint8Array) };
}

/** All bodies of a conversation, one after another. */
export function contentOf(recorded: Recorded): Buffer {
  return Buffer.concat(
    recorded.messages.flatMap((message) =>
      message.type === 'chunk' || message.type === 'raw' ? [message.body as Uint8Array] : [],
    ),
  );
}

export interface Listening {
  readonly listener: Listener;
  readonly address: Address;
  readonly accepted: Recorded[];
}

export async function listen(
  world: TransportWorld,
  role: 'tracker' | 'peer' = 'peer',
  options: RecordOptions = {},
): Promise<Listening> {
  let address: Address | undefined;
  const accepted: Recorded[] = [];
  const listener = world.near.listen({
    port: 0,
    role,
    onConnection: (connection) => accepted.push(record(connection, options)),
    onListening: (bound) => (address = bound),
    onError(error) {
      throw error;
    },
  });
  await world.until(() => address !== undefined);
  return { listener, address: address!, accepted };
}

export const handshake: Message = { type: 'handshake', version: 1, name: 'one', port: 7, totalChunks: 9 };

/** A conversation that both sides know of: the opener has sent a handshake, or in the classic protocol asked. */
export async function converse(
  world: TransportWorld,
  {
    dialect = 'swarm',
    opener = {},
    accepter = {},
  }: { dialect?: Dialect; opener?: RecordOptions; accepter?: RecordOptions } = {},
): Promise<{ opener: Recorded; accepter: Recorded; listening: Listening }> {
  const listening = await listen(world, dialect === 'spec-tracker' ? 'tracker' : 'peer', accepter);
  const recorded = record(world.far.connect(listening.address, dialect), opener);
  const first: Message =
    dialect === 'swarm'
      ? handshake
      : { type: dialect === 'spec-tracker' ? 'where-chunk' : 'request-chunk', index: 3 };
  recorded.connection.send(first);
  await world.until(() => (listening.accepted[0]?.messages.length ?? 0) > 0);
  return { opener: recorded, accepter: listening.accepted[0]!, listening };
}

/** Reproducible content that repeats nowhere near. */
export function content(bytes: number, seed = 1): Buffer {
  const result = Buffer.allocUnsafe(bytes);
  let state = seed;
  for (let i = 0; i < bytes; i++) {
    state = (state * 1664525 + 1013904223) >>> 0;
    result[i] = state >>> 24;
  }
  return result;
}

/** Sends parts of one chunk until all are sent, obeying back-pressure; call again on drain. */
export function partSender(connection: Connection, bytes: Buffer, partBytes: number): () => void {
  let offset = 0;
  return () => {
    while (offset < bytes.length) {
      const part = bytes.subarray(offset, offset + partBytes);
      const message: Message = {
        type: 'chunk',
        index: 1,
        offset,
        chunkBytes: bytes.length,
        body: part,
      };
      offset += part.length;
      if (!connection.send(message)) return;
    }
  };
}
