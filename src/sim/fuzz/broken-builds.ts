/** Builds with one known defect in every peer: a search that does not find it is worth nothing. */
import type { ChunkStore, ChunkWriter, Connection, Transport } from '../../core/interfaces.ts';
import { rarestFirst } from '../../core/peer/swarm/pickers/rarest-first.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { wrappedTransport, WrappedConnection } from '../../core/wrapped-transport.ts';
import type { Build } from '../engines/virtual/build.ts';

const LEAK_FACTOR = 1.05;
/** One message of so many gets lost. */
const LOST_ONE_IN = 20;

/** By the name that the command line gives them. */
export const brokenBuilds = {
  /** A chunk of the right size counts, whatever its hash. */
  'unverified-chunks': { store: withoutHashes },
  /** Nobody asks for the last chunk. */
  'forgetful-picker': {
    picker: (pickable, neighbourHas, random) =>
      rarestFirst(pickable, (index) => index !== pickable.totalChunks && neighbourHas(index), random),
  },
  /** A peer that is to choose a chunk never comes to an end. */
  'endless-picker': {
    picker({ totalChunks }) {
      let index = 0;
      while (index < totalChunks) index %= totalChunks;
      return index;
    },
  },
  /** A link lets 5 % more through than its rate. */
  'leaking-link': {
    network(transport, control) {
      control.setRateFactor(LEAK_FACTOR);
      return transport;
    },
  },
  /** A link loses 5 % of the messages, and tells nobody. */
  'losing-link': { network: losing },
  /** A peer tells the tracker that it is there, and of no chunk. */
  'silent-announcer': {
    network: (transport) => wrappedTransport(transport, (connection) => new SilentAnnouncer(connection)),
  },
} as const satisfies Readonly<Record<string, Build>>;

export type BrokenBuildName = keyof typeof brokenBuilds;

export const brokenBuildNames = Object.keys(brokenBuilds) as readonly BrokenBuildName[];

function withoutHashes(store: ChunkStore): ChunkStore {
  return {
    totalChunks: store.totalChunks,
    info: (index) => store.info(index),
    read: (index, offset, length) => store.read(index, offset, length),
    begin: (index, { bytes }) => unverifying(store.begin(index, bytes === undefined ? {} : { bytes })),
  };
}

function unverifying(writer: ChunkWriter): ChunkWriter {
  return {
    get writtenBytes() {
      return writer.writtenBytes;
    },
    agrees: () => writer.agrees(),
    write: (body, skipBytes) => writer.write(body, skipBytes),
    commit: () => writer.commit(),
    discard: () => writer.discard(),
  };
}

function losing(transport: Transport): Transport {
  let sent = 0;
  return wrappedTransport(transport, (connection) => new LosingConnection(connection, () => ++sent));
}

class LosingConnection extends WrappedConnection {
  readonly #count: () => number;

  constructor(inner: Connection, count: () => number) {
    super(inner);
    this.#count = count;
  }

  override send(message: Message): boolean {
    return this.#count() % LOST_ONE_IN === 0 || super.send(message);
  }
}

class SilentAnnouncer extends WrappedConnection {
  override send(message: Message): boolean {
    if (message.type !== 'announce') return super.send(message);
    return super.send({ ...message, bits: new Uint8Array(message.bits.length) });
  }
}
