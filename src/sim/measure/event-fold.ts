import type { SwarmEvent } from '../../core/events.ts';

/** Something made of a run's events as they happen, in order of time: it keeps what it needs of them, not them. */
export interface EventFold {
  see(event: SwarmEvent): void;
}
