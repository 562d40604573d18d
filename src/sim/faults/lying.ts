import type { Connection } from '../../core/interfaces.ts';
import { ChunkSet } from '../../core/chunk-set.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { ActiveEffects } from './active-effects.ts';
import type { Active } from './active-effects.ts';
import type { MessageFilter } from './filtered-transport.ts';

/** What the other side of a connection was shown. */
interface Claims {
  /** Without being held then. */
  readonly falsely: Set<number>;
  /** Held, and not shown yet, lest everything be. */
  readonly heldBack: Set<number>;
}

/**
 * Shows chunks that the peer lacks, to peers and to the tracker. Requests for them reach the peer, which rejects them.
 *
 * All but one of them: who shows everything is taken for a seeder, and other seeders close the connection. So the
 * last one is not shown either when it has come, before all the others have. These are shown as they come: who asked
 * for one of them too early may ask again. What has been shown on a connection stays shown when the fault is over;
 * nothing in the protocol takes it back.
 */
export class Lying {
  readonly active = new ActiveEffects<'lie'>();
  readonly #held: () => ChunkSet;
  /** Connections to peers on which the bitfield has been sent. */
  readonly #introduced = new Map<Connection, Claims>();

  constructor({ held }: { readonly held: () => ChunkSet }) {
    this.#held = held;
  }

  begin(): void {
    for (const [connection, { falsely }] of this.#introduced) {
      for (const index of this.#claimed()) {
        if (falsely.has(index)) continue;
        falsely.add(index);
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
    const claims = this.#introduced.get(connection);
    if (claims !== undefined) this.#makeUp(connection, claims);
    if (message.type === 'have')
      return this.#allowed(claims, [message.index]).length > 0 ? message : undefined;
    if (message.type === 'have-many') {
      const indices = this.#allowed(claims, message.indices);
      return indices.length > 0 ? { ...message, indices } : undefined;
    }
    if (message.type === 'bitfield') {
      const shown = lie === undefined ? [] : this.#claimed();
      this.#introduced.set(connection, { falsely: new Set(shown), heldBack: new Set() });
      return lie === undefined ? message : { ...message, bits: this.#falsified(message.bits, shown, lie) };
    }
    if (lie === undefined) return message;
    if (message.type === 'announce' && message.event !== 'stopped') {
      return { ...message, bits: this.#falsified(message.bits, this.#claimed(), lie) };
    }
    if (message.type === 'reject' && claims?.falsely.has(message.index)) lie.count('requestsRefused');
    return message;
  }

  #claimed(): number[] {
    return this.#held().missing().slice(0, -1);
  }

  /** Which of these may be shown now. */
  #allowed(claims: Claims | undefined, indices: readonly number[]): readonly number[] {
    if (claims === undefined || !this.#wouldSeemComplete(claims)) return indices;
    const { falsely, heldBack } = claims;
    for (const index of indices) if (!falsely.has(index)) heldBack.add(index);
    return indices.filter((index) => falsely.has(index));
  }

  /** The peer believes to have shown these. */
  #makeUp(connection: Connection, claims: Claims): void {
    const { heldBack } = claims;
    if (heldBack.size === 0 || this.#wouldSeemComplete(claims)) return;
    const held = this.#held();
    for (const index of heldBack) if (held.has(index)) connection.send({ type: 'have', index });
    heldBack.clear();
  }

  /** What is held and what was falsely shown there would be everything, and is not. */
  #wouldSeemComplete({ falsely }: Claims): boolean {
    if (falsely.size === 0) return false;
    const missing = this.#held().missing();
    return missing.length > 0 && missing.every((index) => falsely.has(index));
  }

  #falsified(bits: Uint8Array, shown: readonly number[], { count }: Active<'lie'>): Uint8Array {
    const set = ChunkSet.fromBits(bits, this.#held().totalChunks);
    if (set === undefined) return bits;
    const added = shown.filter((index) => set.add(index)).length;
    count('chunksShown', added);
    return set.toBits();
  }
}
