import { addressKey, canonicalHost } from '../address.ts';
import type { Address, Clock, Connection, EventSink, Timer } from '../interfaces.ts';
import type { LocalChunk, Message } from '../protocol/messages.ts';
import { ANSWER_BYTES_MAX, fitHolders } from '../protocol/spec/encode.ts';
import { ANNOUNCED_ALL_MS, QUESTIONS_WAITING_MAX, UNKNOWN_DELAY_MS } from './limits.ts';
import type { TrackerOptions } from './options.ts';
import { isOver6, type Reach } from './reach.ts';
import type { Registry } from './registry.ts';

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
  /** Runs since its last announcement. */
  quiet: Timer | undefined;
  /** With how many chunks it was told as complete; 0: it was not. */
  completeWith: number;
}

/**
 * Serves clients that speak the spec protocol, both editions, whoever wrote them. What a client has announced stays
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
      quiet: undefined,
      completeWith: 0,
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
        conversation.quiet?.cancel();
        this.#lookComplete(conversation);
        this.#components.registry.hangUp(conversation);
        this.#hooks.onAnnounced();
        if (reason.kind === 'protocol') this.#tellFault(connection, reason.detail);
        this.#hooks.onClosed(connection);
      },
    });
  }

  #onMessage(conversation: Conversation, message: Message): void {
    // Answers and requests have no meaning here; a stranger's mistake is passed over like any unknown text.
    if (message.type === 'local-chunk') this.#onLocalChunk(conversation, message);
    else if (message.type === 'where-chunk') {
      conversation.edition = message.edition ?? conversation.edition;
      if (message.onlyOpen === true) return this.#onWhoIsThere(conversation, message.index);
      this.#onWhereChunk(conversation, message.index, message.terminated === true);
    }
  }

  #onLocalChunk(conversation: Conversation, { index, hash, holder }: LocalChunk): void {
    conversation.edition = hash === undefined ? 'plain' : 'hashed';
    const { clock, events, registry } = this.#components;
    const { announced } = conversation;
    const isNew = announced === undefined || addressKey(announced) !== addressKey(holder);
    conversation.announced = { host: canonicalHost(holder.host), port: holder.port };
    if (registry.announceSpec(index, hash, holder, conversation)) {
      const about = { atMs: clock.now(), peer: 'tracker', address: conversation.announced };
      if (isNew) events.emit({ type: 'client-registered', ...about, protocol: 'spec' });
      conversation.quiet?.cancel();
      conversation.quiet = clock.setTimer(ANNOUNCED_ALL_MS, () => this.#lookComplete(conversation));
    } else if (!conversation.excessive) {
      conversation.excessive = true;
      this.#tellFault(
        conversation.connection,
        `announcement of chunk ${index} is beyond what the tracker keeps`,
      );
    }
    this.#hooks.onAnnounced();
  }

  /** Some never say that they are: it follows from what they announced. */
  #lookComplete(conversation: Conversation): void {
    const { clock, events, registry } = this.#components;
    const { announced: address, completeWith } = conversation;
    const chunks = address && registry.holdsAll(address)?.chunks;
    if (address === undefined || chunks === undefined || chunks === completeWith) return;
    conversation.completeWith = chunks;
    events.emit({ type: 'client-completed', atMs: clock.now(), peer: 'tracker', address, chunks });
  }

  /** Whether anybody holds a chunk at present, whatever is agreed on. */
  #onWhoIsThere(conversation: Conversation, index: number): void {
    const { clock, events, registry } = this.#components;
    const open = registry.openHolders(index);
    if (open.length === 0) return this.#answerUnknown(conversation, index);
    const answer = { type: 'chunk-from', index, holders: open, terminated: true } as const;
    const { holders } = fitHolders(answer, ANSWER_BYTES_MAX);
    this.#send(conversation.connection, { ...answer, holders });
    events.emit({ type: 'chunk-located', atMs: clock.now(), peer: 'tracker', index, holders });
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
    if (this.#answerKnown(conversation, index, ours)) return;
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
      if (!this.#answerKnown(conversation, index, false)) this.#answerUnknown(conversation, index);
    }
    if (conversation.remoteEnded) conversation.connection.end();
  }

  #answerKnown(conversation: Conversation, index: number, ours: boolean): boolean {
    const { clock, events, registry } = this.#components;
    const edition = conversation.edition ?? this.#edition;
    const reach = reachOf(conversation, ours);
    const location = registry.locate(index, edition, conversation.announced, reach);
    if (location === undefined) return false;
    conversation.unknownsInRow = 0;
    const hash = location.hash === undefined ? {} : { hash: location.hash };
    const answer = {
      type: 'chunk-from',
      index,
      ...hash,
      holders: location.holders,
      terminated: true,
    } as const;
    const { holders } = fitHolders(answer, ANSWER_BYTES_MAX);
    this.#send(conversation.connection, { ...answer, holders });
    events.emit({ type: 'chunk-located', atMs: clock.now(), peer: 'tracker', index, ...hash, holders });
    return true;
  }

  #answerUnknown({ connection }: Conversation, index: number): void {
    const { clock, events } = this.#components;
    this.#send(connection, { type: 'chunk-unknown', index, terminated: true });
    events.emit({ type: 'chunk-unlocated', atMs: clock.now(), peer: 'tracker', index });
  }

  /** A client that does not read its answers is not read either. */
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

/** A client that asks over IPv6, or is reached there, knows IPv6; our own clients always do. */
function reachOf({ connection, announced }: Conversation, ours: boolean): Reach {
  if (isOver6(connection.remote.host) || (announced !== undefined && isOver6(announced.host))) return 'all';
  return ours ? 'ipv4-first' : 'ipv4';
}
