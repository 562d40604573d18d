import type { Connection } from '../../core/interfaces.ts';
import type { Message } from '../../core/protocol/messages.ts';
import { ActiveEffects } from './active-effects.ts';
import type { MessageFilter } from './filtered-transport.ts';
import { PartOrder } from './part-order.ts';

/** What the peer means on a connection, and what the other side has been told. */
interface Tie {
  wantsUnchoked: boolean;
  toldUnchoked: boolean;
  /** Chunks that were rejected in the peer's name while it believes to be sending them. */
  readonly refused: Set<number>;
  readonly order: PartOrder;
}

/** Never unchokes anybody and serves nobody, whatever the peer itself decides. What is being sent is finished. */
export class FreeRiding {
  readonly active = new ActiveEffects<'free-ride'>();
  readonly #ties = new Map<Connection, Tie>();

  begin(): void {
    for (const [connection, tie] of this.#ties) {
      if (!tie.toldUnchoked) continue;
      tie.toldUnchoked = false;
      this.#count('unchokesWithheld');
      connection.send({ type: 'choke' });
    }
  }

  end(): void {
    if (this.active.first !== undefined) return;
    for (const [connection, tie] of this.#ties) {
      if (!tie.wantsUnchoked || tie.toldUnchoked) continue;
      tie.toldUnchoked = true;
      connection.send({ type: 'unchoke' });
    }
  }

  filter(connection: Connection): MessageFilter {
    const tie: Tie = {
      wantsUnchoked: false,
      toldUnchoked: false,
      refused: new Set(),
      order: new PartOrder(),
    };
    this.#ties.set(connection, tie);
    return {
      outgoing: (message) => this.#outgoing(connection, tie, message),
      incoming: (message) => this.#incoming(connection, tie, message),
      closed: () => this.#ties.delete(connection),
    };
  }

  #outgoing(connection: Connection, tie: Tie, message: Message): Message | undefined {
    if (message.type === 'unchoke') {
      tie.wantsUnchoked = true;
      tie.toldUnchoked = this.active.first === undefined;
      if (tie.toldUnchoked) return message;
      this.#count('unchokesWithheld');
      return undefined;
    }
    if (message.type === 'choke') {
      tie.wantsUnchoked = false;
      const wasTold = tie.toldUnchoked;
      tie.toldUnchoked = false;
      return wasTold ? message : undefined;
    }
    if (message.type !== 'chunk') return message;
    const { index, offset, body, chunkBytes } = message;
    if (tie.order.begins(message) && this.active.first !== undefined) {
      tie.refused.add(index);
      this.#refuse(connection, index);
    }
    if (!tie.refused.has(index)) return message;
    if (offset + body.byteLength === chunkBytes) tie.refused.delete(index);
    return undefined;
  }

  #incoming(connection: Connection, tie: Tie, message: Message): boolean {
    if (this.active.first === undefined) return true;
    if (message.type === 'request-chunk') {
      this.#count('requestsRefused');
      // As for a chunk that is not held: the end, without a byte before it.
      connection.end();
      return false;
    }
    if (message.type !== 'request' || tie.toldUnchoked) return true;
    this.#refuse(connection, message.index);
    return false;
  }

  #refuse(connection: Connection, index: number): void {
    this.#count('requestsRefused');
    connection.send({ type: 'reject', index, reason: 'choked' });
  }

  #count(field: 'unchokesWithheld' | 'requestsRefused'): void {
    this.active.first?.count(field);
  }
}
