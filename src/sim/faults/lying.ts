import type { Connection } from '../../core/interfaces.ts';
import { ChunkSet } from '../../core/chunk-set.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { ActiveEffects } from './active-effects.ts';
import type { Active } from './active-effects.ts';
import type { MessageFilter } from './filtered-transport.ts';

/**
 * Shows chunks that the peer lacks, to peers and to the tracker. Requests for them reach the peer, which rejects them.
 *
 * All but one of them: who shows everything is taken for a seeder, and other seeders close the connection. So the
 * last one is not shown either when it has come, before all the others have. What has been shown on a connection
 * stays shown when the fault is over; nothing in the protocol takes it back.
 */
export class Lying {
  readonly active = new ActiveEffects<'lie'>();
  readonly #held: () => ChunkSet;
  /** Connections to peers on which the bitfield has been sent, and what was shown falsely there. */
  readonly #introduced = new Map<Connection, Set<number>>();

  constructor({ held }: { readonly held: () => ChunkSet }) {
    this.#held = held;
  }

  begin(): void {
    for (const [connection, shown] of this.#introduced) {
      for (const index of this.#claimed()) {
        if (shown.has(index)) continue;
        shown.add(index);
        this.active.first?.count('chunksShown');
        connection.send({ type: 'have', index });
      }
    }
  }

  filter(connection: Connection): MessageFilter {
    return {
      outgoing: (message) => this.#outgoing(connection, message),
      closed: () => this.#introduced.delete(connection),
    };
  }

  #outgoing(connection: Connection, message: Message): Message | undefined {
    const lie = this.active.first;
    const shows = message.type === 'have' || message.type === 'have-many';
    if (shows && this.#wouldSeemComplete(connection)) return undefined;
    if (message.type === 'bitfield') {
      const shown = lie === undefined ? [] : this.#claimed();
      this.#introduced.set(connection, new Set(shown));
      return lie === undefined ? message : { ...message, bits: this.#falsified(message.bits, shown, lie) };
    }
    if (lie === undefined) return message;
    if (message.type === 'announce' && message.event !== 'stopped') {
      return { ...message, bits: this.#falsified(message.bits, this.#claimed(), lie) };
    }
    if (message.type === 'reject' && this.#introduced.get(connection)?.has(message.index))
      lie.count('requestsRefused');
    return message;
  }

  #claimed(): number[] {
    return this.#held().missing().slice(0, -1);
  }

  /** What is held and what was falsely shown there would be everything, and is not. */
  #wouldSeemComplete(connection: Connection): boolean {
    const shown = this.#introduced.get(connection);
    if (shown === undefined || shown.size === 0) return false;
    const missing = this.#held().missing();
    return missing.length > 0 && missing.every((index) => shown.has(index));
  }

  #falsified(bits: Uint8Array, shown: readonly number[], { count }: Active<'lie'>): Uint8Array {
    const set = ChunkSet.fromBits(bits, this.#held().totalChunks);
    if (set === undefined) return bits;
    const added = shown.filter((index) => set.add(index)).length;
    count('chunksShown', added);
    return set.toBits();
  }
}
