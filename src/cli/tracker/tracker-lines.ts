/** What the tracker tells a person: one line an event that matters. */
import { addressText as at } from '../../core/address.ts';
import type { ContentChanged, SwarmEvent } from '../../core/events.ts';
import { SECOND_MS } from '../../core/units.ts';
import { tells, type Verbosity } from '../arguments/verbosity.ts';

/** Chunks whose content changes within this time change together. */
const ONE_CHANGE_MS = 10 * SECOND_MS;

/** Follows a tracker's events and puts them into words. Holds no clock and writes nothing itself. */
export class TrackerLines {
  readonly #verbosity: Verbosity;
  #changedMs = -Infinity;

  constructor(verbosity: Verbosity) {
    this.#verbosity = verbosity;
  }

  /** The line to print, if any at this verbosity. */
  follow(event: SwarmEvent): string | undefined {
    const told = event.type === 'content-changed' ? this.#changed(event) : tell(event);
    return told !== undefined && tells(this.#verbosity, told[0]) ? `tracker: ${told[1]}` : undefined;
  }

  #changed(event: ContentChanged): readonly [Verbosity, string] {
    if (!('index' in event)) {
      const { formerTotalChunks, totalChunks } = event;
      return ['normal', `another file from now on: ${totalChunks} chunks instead of ${formerTotalChunks}`];
    }
    const isNew = event.atMs - this.#changedMs > ONE_CHANGE_MS;
    this.#changedMs = event.atMs;
    const { index, formerHash, hash } = event;
    return [
      isNew ? 'normal' : 'verbose',
      `another content from now on: chunk ${index} is ${hash}; no holder claims ${formerHash} any more`,
    ];
  }
}

function tell(
  event: Exclude<SwarmEvent, ContentChanged>,
): readonly [least: Verbosity, text: string] | undefined {
  switch (event.type) {
    case 'tracker-started':
      return ['normal', `listening on ${at(event.address)}`];
    case 'client-registered':
      return ['normal', `${at(event.address)} registered, ${event.protocol} protocol`];
    case 'client-completed':
      return ['normal', `${at(event.address)} holds all ${event.chunks} chunks that are known here`];
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
