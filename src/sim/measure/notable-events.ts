import type { SwarmEvent, SwarmEventType } from '../../core/events.ts';
import type { EventFold } from './event-fold.ts';

/** What goes wrong or is done to a peer: few events, whatever the size of the swarm, and their order matters. */
const NOTABLE: ReadonlySet<SwarmEventType> = new Set([
  'peer-crashed',
  'peer-forgotten',
  'peer-banned',
  'connection-failed',
  'tracker-lost',
  'node-failed',
]);

/** Keeps them as they are, in order of time. */
export class NotableEvents implements EventFold {
  readonly events: SwarmEvent[] = [];

  see(event: SwarmEvent): void {
    const isLoss =
      event.type === 'chunk-discarded' && (event.reason === 'corrupt' || event.reason === 'failed');
    if (isLoss || NOTABLE.has(event.type)) this.events.push(event);
  }
}
