import type { SwarmEvent } from '../../../core/events.ts';
import type { EventSink } from '../../../core/interfaces.ts';

const FLUSH_MS = 50;
const FLUSH_EVENTS = 500;

/** The engine acts on these: they do not wait for the batch to fill. */
const URGENT: ReadonlySet<SwarmEvent['type']> = new Set(['peer-completed', 'peer-left', 'node-failed']);

/** Carries a thread's events to the engine in batches, so that telling costs the swarm as little as possible. */
export class Outbox implements EventSink {
  readonly #post: (events: readonly SwarmEvent[]) => void;
  #events: SwarmEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(post: (events: readonly SwarmEvent[]) => void) {
    this.#post = post;
  }

  emit(event: SwarmEvent): void {
    this.#events.push(event);
    if (this.#events.length >= FLUSH_EVENTS || URGENT.has(event.type)) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#events.length === 0) return;
    const events = this.#events;
    this.#events = [];
    this.#post(events);
  }
}
