import { sameHost } from '../address.ts';
import type { Address, Clock, Connection, EventSink, Timer } from '../interfaces.ts';
import type { LocalChunk, Message } from '../protocol/messages.ts';
import { ANSWER_BYTES_MAX, fitHolders } from '../protocol/spec/encode.ts';
import { QUESTIONS_WAITING_MAX, UNKNOWN_DELAY_MS } from './limits.ts';
import type { TrackerOptions } from './options.ts';
import type { Location, Registry } from './registry.ts';

export interface ServiceComponents {
  readonly clock: Clock;
  readonly events: EventSink;
  readonly registry: Registry;
}

export interface SpecServiceHooks {
  /** The registry has changed: others may have to be told. */
  onAnnounced(): void;
  onClosed(connection: Connection): void;
}

/** One classic client's connection. */
interface Conversation {
  readonly connection: Connection;
  /** What its announcements had; undefined before the first. */
  edition: TrackerOptions['edition'] | undefined;
  announced: Address | undefined;
  unknownsInRow: number;
  /** Chunks asked for while an answer is being delayed. */
  readonly waiting: number[];
  delay: Timer | undefined;
  remoteEnded: boolean;
  /** It announces beyond the limits, and that was told. */
  excessive: boolean;
}

/**
 * Serves clients that speak the classic text, both editions, whoever wrote them. What a client has announced stays
 * when its connection closes: some use a connection a question, some close theirs and go on serving.
 */
export class SpecService {
  readonly #components: ServiceComponents;
  readonly #edition: TrackerOptions['edition'];
  readonly #hooks: SpecServiceHooks;

  constructor(
    components: ServiceComponents,
    options: Pick<TrackerOptions, 'edition'>,
    hooks: SpecServiceHooks,
  ) {
    this.#components = components;
    this.#edition = options.edition;
    this.#hooks = hooks;
  }

  accept(connection: Connection): void {
    const conversation: Conversation = {
      connection,
      edition: undefined,
      announced: undefined,
      unknownsInRow: 0,
      waiting: [],
      delay: undefined,
      remoteEnded: false,
      excessive: false,
    };
    connection.setHandlers({
      onMessage: (message) => this.#onMessage(conversation, message),
      onDrain: () => {
        if (conversation.delay === undefined) connection.resume();
      },
      onRemoteEnd: () => {
        conversation.remoteEnded = true;
        if (conversation.delay === undefined) connection.end();
      },
      onClose: (reason) => {
        conversation.delay?.cancel();
        if (reason.kind === 'protocol') this.#tellFault(connection, reason.detail);
        this.#hooks.onClosed(connection);
      },
    });
  }

  #onMessage(conversation: Conversation, message: Message): void {
    // Answers and requests have no meaning here; a stranger's mistake is passed over like any unknown text.
    if (message.type === 'local-chunk') this.#onLocalChunk(conversation, message);
    else if (message.type === 'where-chunk') {
      this.#onWhereChunk(conversation, message.index, message.terminated === true);
    }
  }

  #onLocalChunk(conversation: Conversation, { index, hash, holder }: LocalChunk): void {
    conversation.edition = hash === undefined ? 'plain' : 'hashed';
    conversation.announced = holder;
    if (!this.#components.registry.announceSpec(index, hash, holder) && !conversation.excessive) {
      conversation.excessive = true;
      this.#tellFault(
        conversation.connection,
        `announcement of chunk ${index} is beyond what the tracker keeps`,
      );
    }
    this.#hooks.onAnnounced();
  }

  #onWhereChunk(conversation: Conversation, index: number, ours: boolean): void {
    const { connection, waiting } = conversation;
    if (conversation.delay !== undefined) {
      waiting.push(index);
      if (waiting.length <= QUESTIONS_WAITING_MAX) return;
      this.#tellFault(
        connection,
        `more than ${QUESTIONS_WAITING_MAX} questions without waiting for an answer`,
      );
      waiting.length = 0;
      conversation.delay.cancel();
      connection.abort();
      return;
    }
    if (this.#answerKnown(conversation, index)) return;
    conversation.unknownsInRow++;
    if (ours || conversation.unknownsInRow === 1) return this.#answerUnknown(conversation, index);
    waiting.push(index);
    connection.pause();
    conversation.delay = this.#components.clock.setTimer(UNKNOWN_DELAY_MS, () =>
      this.#answerWaiting(conversation),
    );
  }

  /** One delay serves all questions that came meanwhile; their chunks may have become known. */
  #answerWaiting(conversation: Conversation): void {
    conversation.delay = undefined;
    conversation.connection.resume();
    for (const index of conversation.waiting.splice(0)) {
      if (!this.#answerKnown(conversation, index)) this.#answerUnknown(conversation, index);
    }
    if (conversation.remoteEnded) conversation.connection.end();
  }

  #answerKnown(conversation: Conversation, index: number): boolean {
    const { clock, events, registry } = this.#components;
    const edition = conversation.edition ?? this.#edition;
    const location = registry.locate(index, edition, conversation.announced);
    if (location === undefined) return false;
    conversation.unknownsInRow = 0;
    const hash = location.hash === undefined ? {} : { hash: location.hash };
    const holders = listHolders(location, conversation.announced, { index, ...hash });
    this.#send(conversation.connection, { type: 'chunk-from', index, ...hash, holders, terminated: true });
    events.emit({ type: 'chunk-located', atMs: clock.now(), peer: 'tracker', index, ...hash, holders });
    return true;
  }

  #answerUnknown({ connection }: Conversation, index: number): void {
    const { clock, events } = this.#components;
    this.#send(connection, { type: 'chunk-unknown', index, terminated: true });
    events.emit({ type: 'chunk-unlocated', atMs: clock.now(), peer: 'tracker', index });
  }

  /** Who does not read its answers is not read either. */
  #send(connection: Connection, message: Message): void {
    if (!connection.send(message)) connection.pause();
  }

  #tellFault(connection: Connection, detail: string): void {
    const { clock, events } = this.#components;
    events.emit({
      type: 'remote-fault',
      atMs: clock.now(),
      peer: 'tracker',
      address: connection.remote,
      detail,
    });
  }
}

/**
 * The others that fit into an answer, oldest first, and the asker's own address last: a client of ours knows by the
 * newline behind the port that it announced itself that the tracker is ours (docs/protocol.md).
 */
function listHolders(
  { others, askerHolds }: Location,
  asker: Address | undefined,
  about: { readonly index: number; readonly hash?: string },
): readonly Address[] {
  if (asker === undefined || !askerHolds) return fitted(others, about, 0);
  const own = { host: sameHost(asker.host), port: asker.port };
  if (others.length === 0) return [own];
  return [...fitted(others, about, `,${own.host},${own.port}`.length), own];
}

function fitted(
  holders: readonly Address[],
  about: { readonly index: number; readonly hash?: string },
  keptBytes: number,
): readonly Address[] {
  const answer = { type: 'chunk-from', ...about, holders, terminated: true } as const;
  return fitHolders(answer, ANSWER_BYTES_MAX - keptBytes).holders;
}
