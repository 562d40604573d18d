import { createHash } from 'node:crypto';
import type { SwarmEvent } from '../../src/core/events.ts';
import type {
  Address,
  Body,
  ChunkInfo,
  ChunkStore,
  ChunkWriter,
  Clock,
  CloseReason,
  Connection,
  ConnectionHandlers,
  Transport,
} from '../../src/core/interfaces.ts';
import type { Dialect, Message } from '../../src/core/protocol/messages.ts';

/** A connection whose other end is the test. */
export class FakeConnection implements Connection {
  readonly remote: Address;
  readonly dialect: Dialect;
  readonly sent: { readonly atMs: number; readonly message: Message }[] = [];
  bufferedBytes = 0;
  blockBytes = 4;
  /** What `send` returns. */
  free = true;
  ended = false;
  aborted = false;
  closed = false;
  readonly #clock: Clock;
  #handlers: ConnectionHandlers | undefined;

  readonly #opens: boolean;

  /** @param opens false: it is never established */
  constructor(clock: Clock, remote: Address, dialect: Dialect, opens = true) {
    this.#opens = opens;
    this.#clock = clock;
    this.remote = remote;
    this.dialect = dialect;
  }

  get messages(): Message[] {
    return this.sent.map(({ message }) => message);
  }

  /** The raw bytes sent, joined. */
  get bytes(): Buffer {
    return Buffer.concat(this.messages.map((it) => (it.type === 'raw' ? (it.body as Buffer) : Buffer.of())));
  }

  /** It is established, late: for those that do not open by themselves. */
  open(): void {
    this.#handlers?.onOpen?.();
  }

  /** Something comes in. */
  receive(message: Message): void {
    this.#handlers?.onMessage(message);
  }

  receiveRaw(text: string): void {
    this.receive({ type: 'raw', body: Buffer.from(text) });
  }

  drain(): void {
    this.free = true;
    this.#handlers?.onDrain?.();
  }

  /** The other side finishes sending. */
  remoteEnd(): void {
    if (this.#handlers?.onRemoteEnd) this.#handlers.onRemoteEnd();
    else this.close({ kind: 'end' });
  }

  close(reason: CloseReason): void {
    if (this.closed) return;
    this.closed = true;
    this.#handlers?.onClose(reason);
  }

  setHandlers(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    if (this.#opens) handlers.onOpen?.();
  }

  send(message: Message): boolean {
    if (this.closed || this.ended) return false;
    this.sent.push({ atMs: this.#clock.now(), message });
    return this.free;
  }

  pause(): void {}
  resume(): void {}

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.#clock.setTimer(0, () => this.close({ kind: 'end' }));
  }

  abort(): void {
    this.aborted = true;
    this.#clock.setTimer(0, () => this.close({ kind: 'reset', detail: 'aborted' }));
  }
}

/** Keeps the connections that were opened, for the test to answer on. */
export class FakeTransport implements Transport {
  readonly connections: FakeConnection[] = [];
  /** Whether connections are established. */
  opens = true;
  /** Told of every connection, right after it was handed over. */
  onConnect: (connection: FakeConnection) => void = () => {};
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get last(): FakeConnection {
    const last = this.connections.at(-1);
    if (last === undefined) throw new Error('no connection was opened');
    return last;
  }

  listen(): never {
    throw new Error('not played by this fake');
  }

  connect(address: Address, dialect: Dialect): Connection {
    const connection = new FakeConnection(this.#clock, address, dialect, this.opens);
    this.connections.push(connection);
    this.#clock.setTimer(0, () => this.onConnect(connection));
    return connection;
  }
}

/** Chunks in memory. */
export class FakeStore implements ChunkStore {
  readonly totalChunks: number;
  readonly chunks = new Map<number, Buffer>();

  constructor(totalChunks: number, chunks: Readonly<Record<number, string>>) {
    this.totalChunks = totalChunks;
    for (const [index, text] of Object.entries(chunks)) this.chunks.set(Number(index), Buffer.from(text));
  }

  info(index: number): ChunkInfo | undefined {
    const content = this.chunks.get(index);
    return content && { bytes: content.length, hash: sha1(content) };
  }

  read(index: number, offset: number, length: number): Body {
    return this.chunks.get(index)!.subarray(offset, offset + length);
  }

  begin(index: number, expected: Partial<ChunkInfo>): ChunkWriter {
    let content = Buffer.of();
    const chunks = this.chunks;
    return {
      get writtenBytes() {
        return content.length;
      },
      agrees: () =>
        (expected.hash ?? sha1(content)) === sha1(content) &&
        (expected.bytes ?? content.length) === content.length,
      write: (body, skipBytes = 0) => {
        content = Buffer.concat([content, (body as Buffer).subarray(skipBytes)]);
      },
      commit(agreed) {
        const info = { bytes: content.length, hash: sha1(content) };
        const { hash = info.hash, bytes = info.bytes } = agreed ?? expected;
        if (hash !== info.hash || bytes !== info.bytes) return undefined;
        chunks.set(index, content);
        return info;
      },
      discard: () => {},
    };
  }
}

export function sha1(content: string | Buffer): string {
  return createHash('sha1').update(content).digest('hex');
}

export function eventsOf<T extends SwarmEvent['type']>(
  events: readonly SwarmEvent[],
  type: T,
): Extract<SwarmEvent, { type: T }>[] {
  return events.filter((event): event is Extract<SwarmEvent, { type: T }> => event.type === type);
}
