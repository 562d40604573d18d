import { assertNever } from '../../errors.ts';
import type { Connection, Timer } from '../../interfaces.ts';
import type { ChunkFrom, ChunkUnknown, Message } from '../../protocol/messages.ts';
import { Announcements } from './announcements.ts';
import { OpenQuestions } from './open-questions.ts';
import { Questions } from './questions.ts';
import {
  describe,
  GATHER_MS,
  OPEN_QUESTIONS_MAX,
  REGISTERED_FIRST_MAX,
  RETRY_MAX_MS,
  RETRY_MIN_MS,
  type SessionEvent,
  type SpecTrackerCallbacks,
  type SpecTrackerComponents,
  type SpecTrackerOptions,
} from './tracker-session-options.ts';
import { TrackerRecogniser, type TrackerKind } from './tracker-recogniser.ts';

/** Trackers by others read what lies there as one message: nothing may follow sooner, in either direction. */
export const PACE_MS = 1250;

/**
 * A spec client's conversation with its tracker, over one connection that stays open. Announces all that is held, then
 * asks for what is missing, and asks again until it knows. Towards a tracker of others: one bare message at a time,
 * 1.25 s apart, never two open questions (docs/protocol.md). As soon as the tracker is known to be ours nothing is
 * paced, and messages end with a newline.
 */
export class SpecTrackerSession {
  readonly #components: SpecTrackerComponents;
  readonly #options: SpecTrackerOptions;
  readonly #callbacks: SpecTrackerCallbacks;
  readonly #questions: Questions;
  readonly #open: OpenQuestions;
  #announcements: Announcements;
  #recogniser: TrackerRecogniser;
  #connection: Connection | undefined;
  /** The connection stands: only what can leave is sent, and told as sent. */
  #isOpen = false;
  #answered = false;
  #foundTold = false;
  #lastActivityMs = -Infinity;
  #retryMs = RETRY_MIN_MS;
  #reported = false;
  /** Whether our tracker was asked for a chunk behind the last one over this connection, and who waits for the answer. */
  #totalAsked = false;
  #onTotal: (() => void) | undefined;
  #state: 'new' | 'running' | 'stopped' = 'new';
  #stepTimer: Timer | undefined;

  constructor(
    components: SpecTrackerComponents,
    options: SpecTrackerOptions,
    callbacks: SpecTrackerCallbacks,
  ) {
    this.#components = components;
    this.#options = options;
    this.#callbacks = callbacks;
    this.#questions = new Questions(components.clock, components.ledger.needed());
    this.#open = new OpenQuestions(components.clock, () => this.#unanswered());
    this.#announcements = new Announcements(components.ledger);
    this.#recogniser = this.#newRecogniser();
  }

  /** What is known of the tracker at the other end of the present connection. */
  get trackerKind(): TrackerKind {
    return this.#recogniser.kind;
  }

  start(): void {
    if (this.#state !== 'new') return;
    this.#state = 'running';
    this.#components.ledger.onHeld((index) => this.#held(index));
    this.#connect();
  }

  /** Closes the connection; nothing is called back any more. Idempotent. */
  stop(): void {
    this.#state = 'stopped';
    this.#hangUp();
  }

  /** Calls back when our tracker knows of no further chunk; at once where nothing can be learnt of that. */
  confirmTotal(onConfirmed: () => void): void {
    if (!this.#options.checksTotal || !this.#isOpen || this.trackerKind !== 'ours') return onConfirmed();
    this.#onTotal = onConfirmed;
    this.#askTotal();
  }

  /** A located chunk could not be had: asks the tracker about it again. */
  ask(index: number): void {
    if (!this.#components.ledger.needs(index) || this.#open.has(index)) return;
    this.#questions.addLater(index);
    this.#step();
  }

  /** Asks at once about a located chunk, if that costs nothing: of our tracker. Returns whether it does. */
  refresh(index: number): boolean {
    if (!this.#isRunning() || !this.#isOpen || this.trackerKind !== 'ours') return false;
    if (!this.#components.ledger.needs(index)) return false;
    this.#questions.add(index);
    this.#step();
    return true;
  }

  #held(index: number): void {
    if (this.#state !== 'running') return;
    this.#questions.remove(index);
    this.#announcements.add(index);
    this.#step();
  }

  #connect(): void {
    const { clock, transport, ledger } = this.#components;
    this.#recogniser = this.#newRecogniser();
    this.#announcements = new Announcements(ledger);
    this.#answered = false;
    this.#totalAsked = false;
    this.#foundTold = false;
    this.#open.forgetSilences();
    this.#lastActivityMs = -Infinity;
    const connectMs = clock.now();
    const connection = transport.connect(this.#options.tracker, 'spec-tracker');
    this.#connection = connection;
    connection.setHandlers({
      onOpen: () => {
        if (this.#connection !== connection) return;
        this.#isOpen = true;
        this.#open.begin(clock.now() - connectMs);
        this.#step();
      },
      onMessage: (message) => {
        if (this.#connection === connection) this.#receive(message);
      },
      onClose: (reason) => {
        if (this.#connection !== connection) return;
        this.#connection = undefined;
        this.#isOpen = false;
        this.#lose(describe(reason));
      },
    });
  }

  #newRecogniser(): TrackerRecogniser {
    return new TrackerRecogniser(this.#options.trackerIsOurs);
  }

  #receive(message: Message): void {
    if (message.type !== 'chunk-from' && message.type !== 'chunk-unknown') return;
    this.#lastActivityMs = this.#components.clock.now();
    this.#open.hear(message.index);
    if (message.index === 0) {
      this.#recogniser.judge(message);
      return;
    }
    this.#found();
    const wasOurs = this.#recogniser.kind === 'ours';
    this.#recogniser.judge(message);
    this.#tellFound();
    this.#close(message);
    if (this.#isRunning() && !wasOurs && this.#recogniser.kind === 'ours' && !this.#reported) {
      this.#reported = true;
      this.#callbacks.onOurTracker();
    }
    this.#step();
  }

  #found(): void {
    this.#retryMs = RETRY_MIN_MS;
    this.#answered = true;
  }

  /** Called once. A client that prefers the swarm protocol reports its protocol only when it is certain. */
  #tellFound(): void {
    if (this.#foundTold) return;
    const { kind, wantsTest } = this.#recogniser;
    if (this.#options.protocol === 'swarm' && (kind === 'ours' || wantsTest)) return;
    this.#foundTold = true;
    this.#tell({ type: 'tracker-found', address: this.#options.tracker, protocol: 'spec' });
  }

  /** Closes the question that this is the answer to, and passes the answer on. */
  #close(answer: ChunkFrom | ChunkUnknown): void {
    const { index } = answer;
    this.#open.close(index);
    if (this.#totalAsked && index === this.#components.ledger.totalChunks + 1) this.#learnTotal(answer);
    if (index > this.#components.ledger.totalChunks || !this.#components.ledger.needs(index)) return;
    // A client that checks hashes ignores holders listed without one: they may hold anything.
    const isUsable = answer.type === 'chunk-unknown' || this.#options.edition === 'plain' || answer.hash;
    if (!isUsable) return this.#unknown(index);
    switch (answer.type) {
      case 'chunk-from':
        this.#questions.remove(index);
        this.#callbacks.onHolders(index, answer.hash, answer.holders);
        return;
      case 'chunk-unknown':
        return this.#unknown(index);
      default:
        assertNever(answer);
    }
  }

  #askTotal(): void {
    this.#totalAsked = true;
    this.#ask(this.#components.ledger.totalChunks + 1, true);
  }

  #learnTotal({ type, index }: ChunkFrom | ChunkUnknown): void {
    if (type === 'chunk-from') this.#callbacks.onMoreChunks(index);
    else this.#totalLearnt();
  }

  #totalLearnt(): void {
    const onTotal = this.#onTotal;
    this.#onTotal = undefined;
    onTotal?.();
  }

  #unknown(index: number): void {
    this.#questions.addLater(index);
  }

  #step(): void {
    // The next attempt to connect is not to be called off.
    if (!this.#isRunning() || !this.#isOpen) return;
    this.#stepTimer?.cancel();
    if (this.#recogniser.kind === 'ours') this.#stepFreely();
    else this.#stepPaced();
  }

  #stepFreely(): void {
    for (let next = this.#announcements.take(); next !== undefined; next = this.#announcements.take()) {
      this.#announce(next);
    }
    if (this.#options.checksTotal && !this.#totalAsked) this.#askTotal();
    while (this.#open.size < OPEN_QUESTIONS_MAX) {
      const index = this.#takeQuestion();
      if (index === undefined) break;
      this.#ask(index);
    }
    const dueInMs = this.#open.size < OPEN_QUESTIONS_MAX ? this.#questions.dueInMs() : undefined;
    if (dueInMs !== undefined) this.#stepAfter(Math.max(dueInMs, GATHER_MS));
  }

  #stepPaced(): void {
    if (this.#open.size > 0) return;
    const quietMs = this.#components.clock.now() - this.#lastActivityMs;
    const restMs = this.#isSending() ? PACE_MS : PACE_MS - quietMs;
    if (restMs > 0) {
      this.#stepAfter(restMs);
      return;
    }
    const test = this.#recogniser.wantsTest ? this.#beyond() : undefined;
    // All that is held is announced first; but among very many, the answer to a question may save the pauses.
    const isDue = this.#answered || this.#announcements.made < REGISTERED_FIRST_MAX;
    const announcement = test === undefined && isDue ? this.#announcements.take() : undefined;
    const next = (): number | undefined =>
      this.#takeQuestion() ?? (this.#answered ? undefined : this.#beyond());
    const question = test ?? (announcement === undefined ? next() : undefined);
    if (announcement !== undefined) this.#announce(announcement);
    else if (question !== undefined) {
      if (question > this.#components.ledger.totalChunks) this.#recogniser.tested();
      this.#ask(question);
    }
    if (this.#open.size > 0) return;
    const isPending = this.#announcements.isPending || !this.#answered;
    const moreAtMs = isPending ? 0 : this.#questions.dueInMs();
    if (moreAtMs !== undefined) this.#stepAfter(Math.max(moreAtMs, PACE_MS));
  }

  #takeQuestion(): number | undefined {
    for (let index = this.#questions.take(); index !== undefined; index = this.#questions.take()) {
      if (this.#components.ledger.needs(index) && !this.#open.has(index)) return index;
    }
    return undefined;
  }

  /** An index behind the last chunk, a far one if the tracker knows of the next. */
  #beyond(): number {
    return this.#components.ledger.totalChunks + 1000 ** this.#recogniser.tests;
  }

  #announce({ index, ...claim }: { readonly index: number; readonly hash: string }): void {
    const { host, port, edition } = this.#options;
    const hash = edition === 'hashed' ? claim : {};
    this.#tell({
      type: 'chunk-announced',
      index,
      ...hash,
      address: { host, port },
      protocol: 'spec',
    });
    this.#send({ type: 'local-chunk', index, ...hash, holder: { host, port } });
  }

  #ask(index: number, onlyOpen = false): void {
    this.#tell({ type: 'chunk-asked', index });
    const ours = this.#recogniser.kind === 'ours' && this.#options.edition === 'hashed';
    const how = onlyOpen ? ({ onlyOpen: true } as const) : ours && ({ edition: 'hashed' } as const);
    this.#send({ type: 'where-chunk', index, ...how });
    this.#open.add(index);
  }

  #send(message: Message): void {
    this.#lastActivityMs = this.#components.clock.now();
    const ours = this.#recogniser.kind === 'ours';
    this.#connection?.send(ours ? ({ ...message, terminated: true } as Message) : message);
  }

  #unanswered(): void {
    const open = this.#open.indices;
    if (this.#isSending() || this.#open.silences >= 2) {
      this.#open.waitLonger();
      this.#lose(this.#isSending() ? 'it reads nothing of what is sent' : 'no answer');
    } else {
      this.#open.clear();
      // It answers, but something else: that counts as unknown, and the next chunk gets its turn.
      if (this.#open.heard) {
        this.#found();
        this.#tellFound();
        for (const index of open) if (this.#isWanted(index)) this.#questions.addLater(index);
      } else for (const index of open) this.#ask(index);
      this.#step();
    }
  }

  /** What the network has not taken yet must not be followed by more: the two would arrive as one. */
  #isSending(): boolean {
    return (this.#connection?.bufferedBytes ?? 0) > 0;
  }

  #lose(detail: string): void {
    for (const index of this.#open.indices) if (this.#isWanted(index)) this.#questions.add(index);
    this.#hangUp();
    // The listener may have stopped the session.
    if (!this.#isRunning()) return;
    const retryMs = this.#retryMs;
    this.#retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    this.#stepTimer = this.#components.clock.setTimer(retryMs, () => this.#connect());
    this.#tell({ type: 'tracker-lost', address: this.#options.tracker, detail, retryMs });
  }

  #hangUp(): void {
    this.#stepTimer?.cancel();
    this.#open.clear();
    this.#connection?.end();
    this.#connection = undefined;
    this.#isOpen = false;
    this.#totalLearnt();
  }

  #stepAfter(delayMs: number): void {
    this.#stepTimer?.cancel();
    this.#stepTimer = this.#components.clock.setTimer(delayMs, () => this.#step());
  }

  /** A question may also be about a chunk behind the last one. */
  #isWanted(index: number): boolean {
    return index <= this.#components.ledger.totalChunks && this.#components.ledger.needs(index);
  }

  #isRunning(): boolean {
    return this.#state === 'running';
  }

  #tell(event: SessionEvent): void {
    const atMs = this.#components.clock.now();
    this.#components.events.emit({ ...event, atMs, peer: this.#options.name });
  }
}
