/** That one coordinator at a time leads an experiment: an entry of a bucket of keys, which ends by itself when nobody renews it. */
import { JetStreamApiError } from '@nats-io/jetstream';
import type { KV, KvEntry } from '@nats-io/kv';
import { nuid } from '@nats-io/nats-core';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ConfigError, EngineError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { madeBucket } from '../cluster/made-once.ts';
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

/** Who else leads an experiment, or has led it. */
interface Other {
  /** `process 4711 on host-1`, or what is known of it. */
  readonly coordinator: string;
  /** null: it has left already. */
  readonly revision: number | null;
}

export class Lead {
  readonly #connection: ClusterConnection;
  readonly #leads: KV;
  readonly #experiment: string;
  readonly #id = nuid.next();
  readonly #losing = new AbortController();
  #isUntouched: () => Promise<boolean> = () => Promise.resolve(true);
  #renewedMs = -Infinity;
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
    const leads = await madeBucket(connection, bucketNames.leads, GONE_MS);
    const lead = new Lead(connection, leads, experiment);
    let seen: number | null | undefined;
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

  /** Aborted when another coordinator leads, or has led meanwhile: this one was silent for too long. */
  get lost(): AbortSignal {
    return this.#losing.signal;
  }

  /**
   * An entry that has ended tells nothing of who has come and left since.
   *
   * @param isUntouched whether what each coordinator writes as it begins is still what this one has written
   */
  guard(isUntouched: () => Promise<boolean>): void {
    this.#isUntouched = isUntouched;
  }

  /**
   * Resolves when this one leads for certain. After a silence (it was stopped, or the server was away) that is asked
   * before anything is done that only who leads may do.
   *
   * @throws the reason of `lost`
   */
  async assured(): Promise<void> {
    if (performance.now() - this.#renewedMs >= GONE_MS) this.#noteOther(await this.#renew());
    this.lost.throwIfAborted();
  }

  /**
   * Another may lead at once. Without a server the entry ends by itself.
   *
   * @param last what is still to be done by who leads; nothing where another does
   */
  async leave(last: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    this.#hasLeft = true;
    clearTimeout(this.#timer);
    // Not by `persist`: that ends with the signal, and this may be what the signal asks for.
    this.#noteOther(await this.#otherOf(await this.#leads.get(this.#experiment)));
    if (this.lost.aborted) return;
    try {
      await last();
    } finally {
      await this.#leads.delete(this.#experiment);
    }
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  async #beat(): Promise<void> {
    try {
      const other = await this.#renew();
      if (!this.#hasLeft) this.#noteOther(other);
    } catch {
      // What the connection is broken by is told elsewhere; all else is made up for by the next beat.
    }
    if (!this.#hasLeft && !this.lost.aborted && !this.#connection.broken.aborted) this.#schedule();
  }

  #noteOther(other: Other | undefined): void {
    if (other === undefined || this.lost.aborted) return;
    const what =
      other.revision === null
        ? 'has gone on with this experiment meanwhile'
        : 'has taken over this experiment';
    this.#losing.abort(
      new EngineError(`${other.coordinator} ${what}, since this process was silent for too long`),
    );
  }

  /** Who else leads or has led; undefined: this one does. */
  async #renew(): Promise<Other | undefined> {
    const own = leadMessage.encode({
      id: this.#id,
      coordinator: `process ${process.pid} on ${hostname()}`,
    });
    for (;;) {
      const askedMs = performance.now();
      const entry = await this.#connection.persist(() => this.#leads.get(this.#experiment));
      const other = await this.#connection.persist(() => this.#otherOf(entry));
      if (other !== undefined || this.#hasLeft) return other;
      try {
        await this.#connection.persist(() =>
          entry === null
            ? this.#leads.create(this.#experiment, own)
            : this.#leads.update(this.#experiment, own, entry.revision),
        );
        this.#renewedMs = askedMs;
        return undefined;
      } catch (error) {
        // By another, or by the same publish, whose answer was lost: the entry tells.
        if (!(error instanceof JetStreamApiError && WRITTEN_MEANWHILE.has(error.code))) throw error;
      }
    }
  }

  async #otherOf(entry: KvEntry | null): Promise<Other | undefined> {
    if (entry?.operation === 'PUT') {
      const { id, coordinator } = leadMessage.decode(entry.value, `lead of ${this.#experiment}`);
      return id === this.#id ? undefined : { coordinator, revision: entry.revision };
    }
    return (await this.#isUntouched()) ? undefined : { coordinator: 'another coordinator', revision: null };
  }
}
