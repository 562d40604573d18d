/** What the client tells a person: one line an event that matters, and the figures of its progress. */
import { addressKey, addressText as at } from '../../core/address.ts';
import type { NodeFailed, Sent, SwarmEvent } from '../../core/events.ts';
import type { Given } from '../../core/node/store/served-store.ts';
import { SECOND_MS } from '../../core/units.ts';
import { exactDuration } from '../../sim/units/exact-format.ts';
import { formatBytes, formatDuration } from '../../sim/units/format.ts';
import { tells, type Verbosity } from '../arguments/verbosity.ts';

export interface ClientFigures {
  readonly heldChunks: number;
  readonly totalChunks: number;
  /** Payload of chunks that have arrived whole. */
  readonly receivedBytes: number;
  /** How many different clients have sent a chunk. */
  readonly sources: number;
  readonly complete: boolean;
}

/** A disk that fails again within this time has gone on failing, for one chunk after another. */
const FAILURE_REST_MS = 60 * SECOND_MS;

export interface ClientLinesOptions {
  /** What others have been sent so far. */
  readonly given?: () => Given;
  /** How long the client serves once it is complete; undefined: until it is stopped. */
  readonly leaveAfterMs?: number | undefined;
}

export function describeGiven({ chunks, bytes }: Given): string {
  if (chunks === 0) return 'sent nothing to others';
  return `sent ${chunks} ${chunks === 1 ? 'chunk' : 'chunks'} to others, ${formatBytes(bytes)}`;
}

/** Follows a client's events and puts them into words. Holds no clock and writes nothing itself. */
export class ClientLines {
  readonly #name: string;
  readonly #verbosity: Verbosity;
  readonly #about: ClientLinesOptions;
  readonly #sources = new Set<string>();
  #heldChunks = 0;
  #totalChunks = 0;
  #receivedBytes = 0;
  #complete = false;
  #joinedMs = 0;
  #lastRetryMs: number | undefined;
  /** When the disk last failed, for each reason. */
  readonly #failedMs = new Map<string, number>();

  constructor(name: string, verbosity: Verbosity, about: ClientLinesOptions = {}) {
    this.#name = name;
    this.#verbosity = verbosity;
    this.#about = about;
  }

  get figures(): ClientFigures {
    return {
      heldChunks: this.#heldChunks,
      totalChunks: this.#totalChunks,
      receivedBytes: this.#receivedBytes,
      sources: this.#sources.size,
      complete: this.#complete,
    };
  }

  /** The line to print, if any at this verbosity. */
  follow(event: SwarmEvent): string | undefined {
    const told = this.#tell(event);
    if (told === undefined) return undefined;
    const [least, text] = told;
    return tells(this.#verbosity, least) ? `${this.#name}: ${text}` : undefined;
  }

  #tell(event: SwarmEvent): readonly [least: Verbosity, text: string] | undefined {
    switch (event.type) {
      case 'peer-joined':
        this.#heldChunks = event.heldChunks;
        this.#totalChunks = event.totalChunks;
        this.#joinedMs = event.atMs;
        this.#complete = event.heldChunks === event.totalChunks;
        return ['normal', `listening on ${at(event.address)}, ${this.#held()}`];
      case 'chunk-received':
        this.#heldChunks++;
        this.#receivedBytes += event.bytes;
        for (const { from } of [event, ...(event.earlier ?? [])]) this.#sources.add(addressKey(from));
        return ['normal', this.#received(event)];
      case 'peer-completed':
        this.#complete = true;
        return ['normal', this.#completed(event.atMs)];
      case 'peer-left':
        return ['normal', `left, ${this.#held()}${this.#given()}`];
      case 'tracker-found':
        this.#lastRetryMs = undefined;
        return ['normal', `joined: tracker ${at(event.address)} answers, ${event.protocol} protocol`];
      case 'tracker-lost':
        return this.#trackerLost(event);
      case 'chunk-located':
      case 'chunk-unlocated':
      case 'tracker-started':
      case 'client-registered':
      case 'client-completed':
      case 'content-changed':
      case 'peer-forgotten':
      case 'peer-crashed':
      case 'fault-began':
      case 'fault-ended':
        // Told by a tracker or a laboratory, which a client is not.
        return undefined;
      case 'node-failed':
        return this.#failed(event);
      case 'chunk-announced':
      case 'chunk-asked':
      case 'chunk-requested':
      case 'chunk-discarded':
      case 'chunk-disputed':
      case 'peer-banned':
      case 'connection-failed':
      case 'remote-fault':
        return tellDetail(event);
    }
  }

  #held(): string {
    return `holding ${this.#heldChunks} of ${this.#totalChunks} chunks`;
  }

  #received(event: Extract<SwarmEvent, { type: 'chunk-received' }>): string {
    const share = `${this.#heldChunks}/${this.#totalChunks}`;
    return `chunk received ${share}: chunk ${event.index} from ${senders(event)}, ${formatBytes(event.bytes)} in ${took(event.tookMs)}`;
  }

  #completed(atMs: number): string {
    const from = this.#sources.size === 1 ? '1 client' : `${this.#sources.size} clients`;
    return `complete, ${this.#held()}: ${formatBytes(this.#receivedBytes)} from ${from} in ${took(atMs - this.#joinedMs)}; ${this.#next()}`;
  }

  /** What the client does once it is complete. */
  #next(): string {
    const { leaveAfterMs } = this.#about;
    if (leaveAfterMs === undefined) return 'keeps serving others until it is stopped (Ctrl-C)';
    return leaveAfterMs === 0 ? 'leaves' : `serves others for ${exactDuration(leaveAfterMs)}, then leaves`;
  }

  #given(): string {
    const given = this.#about.given?.();
    return given === undefined ? '' : `, ${describeGiven(given)}`;
  }

  /** Undefined: the program ends with it, in the words of the error. */
  #failed(event: NodeFailed): readonly [Verbosity, string] | undefined {
    const { atMs, code, detail, lostChunk } = event;
    if (code !== 'STORE') return undefined;
    if (lostChunk !== undefined) {
      this.#heldChunks--;
      this.#complete = false;
      return ['quiet', `chunk ${lostChunk} is no longer offered and will be fetched again: ${detail}`];
    }
    const reason = detail.slice(detail.lastIndexOf(': ') + 1);
    const lastMs = this.#failedMs.get(reason) ?? -Infinity;
    this.#failedMs.set(reason, atMs);
    const isNew = atMs - lastMs > FAILURE_REST_MS;
    return [
      isNew ? 'quiet' : 'verbose',
      `${detail}; the client continues with the chunks it holds, and tries again`,
    ];
  }

  /** Once per back-off step: at its longest the wait stays as it is, and the line would only repeat. */
  #trackerLost(event: Extract<SwarmEvent, { type: 'tracker-lost' }>): readonly [Verbosity, string] {
    const isNew = event.retryMs !== this.#lastRetryMs;
    this.#lastRetryMs = event.retryMs;
    const wait = exactDuration(Math.round(event.retryMs / 100) * 100);
    return [
      isNew ? 'quiet' : 'verbose',
      `tracker ${at(event.address)} cannot be reached (${event.detail}); trying again in ${wait}. ` +
        'Is it running (npm run tracker), and is -tracker right?',
    ];
  }
}

type Detail = Extract<
  SwarmEvent,
  {
    type:
      | 'chunk-announced'
      | 'chunk-asked'
      | 'chunk-requested'
      | 'chunk-discarded'
      | 'chunk-disputed'
      | 'peer-banned'
      | 'connection-failed'
      | 'remote-fault';
  }
>;

/** In whole ms below a second, and never `0 ms`. */
function took(ms: number): string {
  return ms < 999.5 ? `${Math.max(1, Math.round(ms))} ms` : formatDuration(ms);
}

function senders({ from, earlier = [] }: Sent): string {
  if (earlier.length === 0) return at(from);
  return `${at(from)} and ${earlier.length === 1 ? '1 other' : `${earlier.length} others`}`;
}

/** Events that need no memory of earlier ones. */
function tellDetail(event: Detail): readonly [Verbosity, string] {
  switch (event.type) {
    case 'chunk-announced':
      return ['verbose', `announced chunk ${event.index}`];
    case 'chunk-asked':
      return ['verbose', `asked the tracker for chunk ${event.index}`];
    case 'chunk-requested':
      return ['verbose', `requested chunk ${event.index} from ${at(event.from)}, ${event.protocol} protocol`];
    case 'chunk-discarded':
      if (event.reason === 'corrupt')
        return ['normal', `chunk ${event.index} from ${senders(event)} was corrupt`];
      return ['verbose', `chunk ${event.index} from ${at(event.from)} discarded (${event.reason})`];
    case 'chunk-disputed':
      return [
        'quiet',
        `chunk ${event.index} of the folder differs from what the swarm agreed on: not offered`,
      ];
    case 'peer-banned':
      return ['normal', `${at(event.address)} will not be asked again: ${event.reason}`];
    case 'connection-failed':
      return ['verbose', `connection with ${at(event.address)} failed: ${event.detail}`];
    case 'remote-fault':
      return ['verbose', `${at(event.address)} broke the protocol: ${event.detail}`];
  }
}
