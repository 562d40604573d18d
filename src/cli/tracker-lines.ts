/** What the tracker tells a person: one line an event that matters. */
import type { SwarmEvent } from '../core/events.ts';
import { at } from './client-lines.ts';
import { tells, type Verbosity } from './verbosity.ts';

/** The line to print, if any at this verbosity. */
export function trackerLine(event: SwarmEvent, verbosity: Verbosity): string | undefined {
  const told = tell(event);
  return told !== undefined && tells(verbosity, told[0]) ? `tracker: ${told[1]}` : undefined;
}

function tell(event: SwarmEvent): readonly [least: Verbosity, text: string] | undefined {
  switch (event.type) {
    case 'tracker-started':
      return ['normal', `listening on ${at(event.address)}`];
    case 'peer-forgotten':
      return ['normal', `forgot ${at(event.address)} (${event.reason})`];
    case 'remote-fault':
      return ['normal', `${at(event.address)} broke the protocol: ${event.detail}`];
    case 'peer-banned':
      return ['normal', `${at(event.address)} is banned: ${event.reason}`];
    case 'chunk-located':
      return ['verbose', `chunk ${event.index} is held by ${event.holders.map(at).join(', ')}`];
    case 'chunk-unlocated':
      return ['verbose', `chunk ${event.index} is not known`];
    case 'connection-failed':
      return ['verbose', `connection with ${at(event.address)} failed: ${event.detail}`];
    case 'chunk-announced':
      return ['verbose', `${at(event.address)} holds chunk ${event.index}`];
    case 'peer-joined':
    case 'peer-completed':
    case 'peer-left':
    case 'peer-crashed':
    case 'chunk-asked':
    case 'chunk-requested':
    case 'chunk-received':
    case 'chunk-discarded':
    case 'chunk-disputed':
    case 'tracker-found':
    case 'tracker-lost':
    case 'fault-began':
    case 'fault-ended':
      // Told by a client or a laboratory, which a tracker is not.
      return undefined;
    case 'node-failed':
      // The program ends with it, in the words of the error.
      return undefined;
  }
}
