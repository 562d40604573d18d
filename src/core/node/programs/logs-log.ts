import { closeSync, openSync, writeSync } from 'node:fs';
import { printable } from '../../printable.ts';
import { canonicalHost } from '../../address.ts';
import type { SwarmEvent } from '../../events.ts';
import type { Address, EventSink } from '../../interfaces.ts';
import { StoreError } from '../../errors.ts';
import { storeError } from '../store/store-errors.ts';

/** What the classic log calls the tracker. */
const TRACKER_NAME = 'P2PTracker';

/** Decides whether announcements by the swarm protocol, which always tell the hash, are written with it. */
export type LogEdition = 'plain' | 'hashed';

/**
 * The line of logs.log that the classic programs would write at this event, without its newline; undefined for
 * events that they know nothing of.
 */
export function logLine(event: SwarmEvent, edition: LogEdition = 'plain'): string | undefined {
  const fields = logFields(event, edition);
  return fields?.filter((field) => field !== undefined).join(',');
}

function logFields(
  event: SwarmEvent,
  edition: LogEdition,
): readonly (string | number | undefined)[] | undefined {
  if (event.type === 'chunk-announced') {
    const hash = event.protocol === 'swarm' && edition === 'plain' ? undefined : event.hash;
    return [event.peer, 'LOCAL_CHUNKS', event.index, hash, ...hostAndPort(event.address)];
  }
  if (event.type === 'chunk-asked') return [event.peer, 'WHERE_CHUNK', event.index];
  if (event.type === 'chunk-requested') {
    return [event.peer, 'REQUEST_CHUNK', event.index, ...hostAndPort(event.from)];
  }
  if (event.type === 'chunk-located') {
    const holders = event.holders.flatMap(hostAndPort);
    return [TRACKER_NAME, 'GET_CHUNK_FROM', event.index, event.hash, ...holders];
  }
  if (event.type === 'chunk-unlocated') return [TRACKER_NAME, 'CHUNK_LOCATION_UNKNOWN', event.index];
  if (event.type === 'content-changed') {
    const what = 'index' in event ? [event.index, event.hash] : [event.totalChunks, 'LASTCHUNK'];
    return [TRACKER_NAME, 'CONTENT_CHANGED', ...what];
  }
  return undefined;
}

function hostAndPort({ host, port }: Address): [string, number] {
  return [canonicalHost(host), port];
}

/**
 * Appends to a file that several programs share: a line is one write, so that lines of different programs do not
 * mix. A line is written before the event is passed on.
 */
export class LogsLog implements EventSink {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #onFailure: (error: StoreError) => void;
  readonly #edition: LogEdition;
  #open = true;

  /**
   * @param onFailure called once when a line could not be written; the log then ends there, the swarm does not
   * @throws {StoreError} the file cannot be opened for appending
   */
  constructor(file: string, onFailure: (error: StoreError) => void, edition: LogEdition = 'plain') {
    this.#file = file;
    this.#edition = edition;
    this.#onFailure = onFailure;
    try {
      this.#descriptor = openSync(file, 'a');
    } catch (error) {
      throw this.#failure('open', error);
    }
  }

  emit(event: SwarmEvent): void {
    const line = this.#open ? logLine(event, this.#edition) : undefined;
    if (line === undefined) return;
    try {
      writeSync(this.#descriptor, `${printable(line)}\n`);
    } catch (error) {
      this.close();
      this.#onFailure(this.#failure('write', error));
    }
  }

  /** Idempotent. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    closeSync(this.#descriptor);
  }

  #failure(operation: string, error: unknown): StoreError {
    const { message, cause } = storeError(`${operation} the log`, this.#file, error);
    return new StoreError(`${message}; choose another with -log`, { cause });
  }
}
