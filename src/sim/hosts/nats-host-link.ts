import { nuid } from '@nats-io/nats-core';
import { z } from 'zod';
import { TransportError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import type { AgentRecord } from '../cluster/presence.ts';
import type { HostInfo, HostLink, HostLinkListener } from '../engines/cluster/host-link.ts';
import type { FromHost, ToHost } from '../engines/cluster/messages.ts';
import { claim, claimAnswer, claimSubject, Wire, wireSubjects } from './wire.ts';

const CLAIM_MS = 5 * SECOND_MS;

/** What it contains is written by the same program: the versions of both ends were compared. */
const fromHost = z.looseObject({ type: z.string() });

/** The way to an agent over NATS, for one run: the agent is asked as soon as somebody listens. */
export class NatsHostLink implements HostLink {
  readonly info: HostInfo;
  readonly #connection: ClusterConnection;
  readonly #agentId: string;
  /** What is to be sent before the agent has taken its part. */
  #waiting: ToHost[] | undefined = [];
  #wire: Wire | undefined;
  #closed = false;

  constructor(connection: ClusterConnection, { id, name, addresses, cores }: AgentRecord) {
    this.#connection = connection;
    this.#agentId = id;
    this.info = { name, address: addresses[0] ?? '127.0.0.1', cores };
  }

  listen(listener: HostLinkListener): void {
    void this.#claim(listener);
  }

  send(message: ToHost): void {
    if (this.#waiting !== undefined) this.#waiting.push(message);
    else this.#wire?.send(message);
  }

  close(): void {
    this.#closed = true;
    this.#wire?.close();
  }

  async #claim(listener: HostLinkListener): Promise<void> {
    const session = nuid.next();
    const { toHost, fromHost: from } = wireSubjects(session);
    this.#wire = new Wire(
      this.#connection,
      { from, to: toHost },
      {
        onMessage: (message) => {
          const { success } = fromHost.safeParse(message);
          if (success) listener.onMessage(message as FromHost);
          else listener.onLost('it sends what no host sends');
        },
        onLost: (why) => listener.onLost(why),
      },
    );
    let refusal: string | null;
    try {
      refusal = await this.#ask(session);
    } catch (error) {
      if (this.#closed) return;
      this.#wire.close();
      // Also that the program was told to stop, and what the connection is broken by: nobody else hears of it here.
      listener.onLost(error instanceof TransportError ? 'it does not answer' : (error as Error).message);
      return;
    }
    if (this.#closed) return;
    if (refusal !== null) {
      this.#wire.close();
      listener.onBusy(refusal);
      return;
    }
    this.#wire.begin();
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    for (const message of waiting) this.#wire.send(message);
  }

  /** Why it takes no part; null: it does. */
  async #ask(session: string): Promise<string | null> {
    const subject = claimSubject(this.#agentId);
    const answer = await this.#connection.ask(subject, claim.encode({ session }), CLAIM_MS);
    return claimAnswer.decode(answer, subject).refusal;
  }
}
