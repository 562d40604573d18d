/** A peer of the real world: TCP sockets, the system's clock, a chunk folder and logs.log, put together. */
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { canonicalHost } from '../../address.ts';
import { StoreError } from '../../errors.ts';
import type { EventSink } from '../../interfaces.ts';
import { peerDefaults, type PeerOptions } from '../../peer/options.ts';
import { Peer } from '../../peer/peer.ts';
import { seededRandom } from '../../random.ts';
import { FolderLock } from '../store/folder-lock.ts';
import { FolderStore } from '../store/folder-store.ts';
import { ServedStore, type Given } from '../store/served-store.ts';
import { LogsLog } from './logs-log.ts';
import { systemClock } from '../system-clock.ts';
import { TcpTransport } from '../tcp/tcp-transport.ts';

export interface ClientNodeOptions {
  /** Holds local_chunks.txt and the chunks; what is downloaded is put there. */
  readonly folder: string;
  /** The address to listen on. */
  readonly bind: string;
  /** Appended to. */
  readonly logFile: string;
  /** Hears once when the log cannot be written any more. */
  readonly onLogFailure: (error: Error) => void;
  readonly peer: Pick<PeerOptions, 'name' | 'tracker'> & Partial<PeerOptions>;
}

interface ClientFolder {
  readonly store: FolderStore;
  /** undefined: nothing can be written there, and nothing needs to be. */
  readonly lock: FolderLock | undefined;
}

export class ClientNode {
  readonly #peer: Peer;
  readonly #store: FolderStore;
  readonly #served: ServedStore;
  readonly #lock: FolderLock | undefined;
  readonly #log: LogsLog;
  #wholeBytes = 0;

  /**
   * Keeps other clients out of the folder and verifies what it holds; opens no socket yet.
   *
   * @throws {ConfigError} another client has the folder
   * @throws {StoreError} the folder or its local_chunks.txt is missing or wrong, or the log cannot be written; or
   *   chunks are missing and the folder cannot take them
   */
  static async open(options: ClientNodeOptions, watcher: EventSink): Promise<ClientNode> {
    const { lock, failure } = tryLock(options.folder);
    try {
      const store = await FolderStore.open(options.folder);
      if (failure !== undefined) requireComplete(store, failure);
      return new ClientNode(options, { store, lock }, watcher);
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  private constructor(options: ClientNodeOptions, { store, lock }: ClientFolder, watcher: EventSink) {
    this.#store = store;
    this.#served = new ServedStore(store);
    this.#lock = lock;
    this.#log = new LogsLog(options.logFile, options.onLogFailure, options.peer.edition);
    const clock = systemClock();
    const events: EventSink = {
      emit: (event) => {
        this.#log.emit(event);
        if (event.type === 'chunk-received') this.#wholeBytes += event.bytes;
        watcher.emit(event);
      },
    };
    const transport = new TcpTransport(
      { clock },
      { totalChunks: store.totalChunks, host: options.bind, ...sourceOf(options) },
    );
    this.#peer = new Peer(
      { clock, random: seededRandom(randomUUID()), transport, store: this.#served, events },
      { ...peerDefaults, checksTotal: true, ...options.peer },
    );
  }

  /** What others have been sent so far. */
  get given(): Given {
    return this.#served.given;
  }

  /** Whether the folder's list stays as it is, whatever comes. */
  get keepsList(): boolean {
    return this.#store.keepsList;
  }

  /** Payload received so far, with the parts of chunks that are on their way. */
  get receivedBytes(): number {
    return this.#wholeBytes + this.#peer.ledger.draftBytes;
  }

  /** Listens and joins the swarm. */
  start(): void {
    this.#peer.start();
  }

  /** Leaves in order; the event `peer-left` follows when all sockets are closed. */
  leave(): void {
    this.#peer.leave();
  }

  /** Closes folder and log and lets others have the folder; to be called last, whether the peer has left or failed. */
  close(): void {
    this.#log.close();
    try {
      this.#store.close();
    } finally {
      this.#lock?.release();
    }
  }
}

/**
 * In the swarm protocol others are told the address that a client comes from: it has to be the one that it listens on,
 * unless that is what the system chooses anyway, or stands for several. In the spec protocol the client itself tells it.
 */
function sourceOf({ bind, peer }: ClientNodeOptions): { readonly localAddress?: string } {
  const isChosenAnyway = ['localhost', '::1'].includes(canonicalHost(bind));
  const isOne = isIP(bind) !== 0 && bind !== '0.0.0.0' && bind !== '::';
  return peer.protocol === 'swarm' && isOne && !isChosenAnyway ? { localAddress: bind } : {};
}

/** A client that cannot write into the folder cannot lock it either; the failure says why. */
function tryLock(folder: string): { readonly lock?: FolderLock; readonly failure?: StoreError } {
  try {
    return { lock: FolderLock.take(folder) };
  } catch (failure) {
    if (!(failure instanceof StoreError)) throw failure;
    return { failure };
  }
}

/** A complete folder needs no lock: the client only reads it. */
function requireComplete(store: FolderStore, { message, cause }: StoreError): void {
  const missing = store.totalChunks - store.heldIndices().length;
  if (missing === 0) return;
  const which = missing === 1 ? '1 chunk is' : `${missing} chunks are`;
  throw new StoreError(`${message}, and ${which} missing; make the folder writable`, { cause });
}
