/** That one coordinator at a time leads an experiment: an entry of a bucket of keys, which ends by itself when nobody renews it. */
import { JetStreamApiError, StorageType } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import { nuid } from '@nats-io/nats-core';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ConfigError, EngineError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { messageType } from '../cluster/message.ts';
import { bucketNames } from '../cluster/names.ts';

const leadMessage = messageType('lead', {
  /** Of this coordinator alone. */
  id: z.string(),
  /** For people: `process 4711 on host-1`. */
  coordinator: z.string(),
});

const BEAT_MS = SECOND_MS;
/** A coordinator that has not renewed its entry for as long is gone. */
const GONE_MS = 5 * BEAT_MS;
const LOOK_MS = BEAT_MS / 4;
/** "wrong last sequence": somebody has written the entry meanwhile. */
const WRITTEN_MEANWHILE = new Set([10_071, 10_164]);

export class Lead {
  readonly #connection: ClusterConnection;
  readonly #leads: KV;
  readonly #experiment: string;
  readonly #id = nuid.next();
  readonly #losing = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #hasLeft = false;

  private constructor(connection: ClusterConnection, leads: KV, experiment: string) {
    this.#connection = connection;
    this.#leads = leads;
    this.#experiment = experiment;
  }

  /**
   * Waits for at most five seconds where a coordinator has died.
   *
   * @throws {ConfigError} another coordinator leads the experiment; names it
   */
  static async take(connection: ClusterConnection, experiment: string): Promise<Lead> {
    const leads = await connection.persist(() =>
      new Kvm(connection.nats).create(bucketNames.leads, { ttl: GONE_MS, storage: StorageType.File }),
    );
    const lead = new Lead(connection, leads, experiment);
    let seen: number | undefined;
    for (;;) {
      const other = await lead.#renew();
      if (other === undefined) break;
      // An entry that is renewed has somebody behind it; one that is not ends.
      if (seen !== undefined && other.revision !== seen) {
        throw new ConfigError(
          `--resume: ${other.coordinator} goes on with this experiment already; stop it first, or let it end`,
        );
      }
      seen = other.revision;
      await connection.orBroken(delay(LOOK_MS));
    }
    lead.#schedule();
    return lead;
  }

  /** Aborted when another coordinator leads: this one was silent for too long. */
  get lost(): AbortSignal {
    return this.#losing.signal;
  }

  /** Another may lead at once. Without a server the entry ends by itself. */
  async leave(): Promise<void> {
    this.#hasLeft = true;
    clearTimeout(this.#timer);
    if (!this.lost.aborted) await this.#leads.delete(this.#experiment);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  async #beat(): Promise<void> {
    try {
      const other = await this.#renew();
      if (this.#hasLeft) return;
      if (other !== undefined) {
        const why = `${other.coordinator} has taken over this experiment, since this process was silent for too long`;
        this.#losing.abort(new EngineError(why));
        return;
      }
    } catch {
      // What the connection is broken by is told elsewhere; all else is made up for by the next beat.
    }
    if (!this.#hasLeft && !this.#connection.broken.aborted) this.#schedule();
  }

  /** Who else leads; undefined: this one does. */
  async #renew(): Promise<{ readonly coordinator: string; readonly revision: number } | undefined> {
    const own = leadMessage.encode({
      id: this.#id,
      coordinator: `process ${process.pid} on ${hostname()}`,
    });
    for (;;) {
      const entry = await this.#connection.persist(() => this.#leads.get(this.#experiment));
      if (entry?.operation === 'PUT') {
        const { id, coordinator } = leadMessage.decode(entry.value, `lead of ${this.#experiment}`);
        if (id !== this.#id) return { coordinator, revision: entry.revision };
      }
      if (this.#hasLeft) return undefined;
      try {
        await this.#connection.persist(() =>
          entry === null
            ? this.#leads.create(this.#experiment, own)
            : this.#leads.update(this.#experiment, own, entry.revision),
        );
        return undefined;
      } catch (error) {
        // By another, or by the same publish, whose answer was lost: the entry tells.
        if (!(error instanceof JetStreamApiError && WRITTEN_MEANWHILE.has(error.code))) throw error;
      }
    }
  }
}
