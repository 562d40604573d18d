/** Who is there: each agent has an entry in a bucket of keys, which ends by itself when the agent no longer renews it. */
import { KvWatchInclude, type KV, type KvEntry } from '@nats-io/kv';
import { nuid } from '@nats-io/nats-core';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { RemoteProtocolError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import { entriesOf, followEntries } from './bucket-entries.ts';
import { measureClock, type ClockOffset } from './clock-offset.ts';
import type { ClusterConnection } from './connection.ts';
import { madeBucket } from './made-once.ts';
import { messageType } from './message.ts';
import { bucketNames } from './names.ts';
import { programSchema } from './program-id.ts';

const agentFields = {
  /** Of this agent alone, also where several have one name. */
  id: z.string(),
  /** For people: the host's, unless the user gave another. */
  name: z.string(),
  program: programSchema,
  cores: z.number().positive(),
  memoryBytes: z.number().nonnegative(),
  /** null: not known on this system. */
  openFilesMax: z.number().nullable(),
  /** By which other hosts reach this one, the likeliest first. */
  addresses: z.array(z.string()),
  /** Runs in virtual time that it does at once. */
  lanes: z.int().positive(),
  /** What is to be added to its clock for that of the NATS server, and how far off that may be. */
  clock: z.strictObject({ offsetMs: z.number(), errorMs: z.number().nonnegative() }).nullable(),
};

const agentMessage = messageType('agent', agentFields);
export type AgentRecord = ReturnType<typeof agentMessage.decode>;

const BEAT_MS = 2 * SECOND_MS;
/** Two minutes of beats, in which a clock hardly drifts. */
const CLOCKS_KEPT = 40;
/** An agent that was not heard of for as long is gone. */
const GONE_MS = 3 * BEAT_MS;

/** An entry lasts as long as a few missed beats. */
export function openAgents(connection: ClusterConnection): Promise<KV> {
  return madeBucket(connection, bucketNames.agents, GONE_MS);
}

/** Agents that are there at this moment, by id. Entries that cannot be read are none. */
export async function agentsHere(connection: ClusterConnection): Promise<ReadonlyMap<string, AgentRecord>> {
  const here = new Map<string, AgentRecord>();
  for (const { key, value } of await entriesOf(
    connection,
    await openAgents(connection),
    bucketNames.agents,
  )) {
    try {
      here.set(key, agentMessage.decode(value, `agent ${key}`));
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
    }
  }
  return here;
}

/** An agent's own entry. */
export class Presence {
  readonly #connection: ClusterConnection;
  readonly #agents: KV;
  #record: AgentRecord;
  #clocks: readonly ClockOffset[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isLeaving = false;
  #beating: Promise<void> = Promise.resolve();

  private constructor(connection: ClusterConnection, agents: KV, record: AgentRecord) {
    this.#connection = connection;
    this.#agents = agents;
    this.#record = record;
  }

  /** Announces an agent, and keeps it announced until `leave`. */
  static async announce(
    connection: ClusterConnection,
    about: Omit<AgentRecord, 'id' | 'clock'>,
  ): Promise<Presence> {
    const agents = await openAgents(connection);
    const presence = new Presence(connection, agents, { ...about, id: nuid.next(), clock: null });
    // The second tells what the first has measured.
    await connection.persist(() => presence.#beat());
    await connection.persist(() => presence.#beat());
    presence.#schedule();
    return presence;
  }

  get record(): AgentRecord {
    return this.#record;
  }

  /** The entry is gone at once. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    clearTimeout(this.#timer);
    // Without a server the entry ends by itself.
    const left = this.#beating.then(() => this.#agents.delete(this.#record.id)).catch(() => undefined);
    await Promise.race([left, delay(SECOND_MS, undefined, { ref: false })]);
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      // One that is lost is made up for by the next.
      this.#beating = this.#beat().catch(() => undefined);
      void this.#beating.then(() => {
        if (!this.#isLeaving) this.#schedule();
      });
    }, BEAT_MS);
  }

  /** The entry itself measures the clock; the most exact of late measurements holds. */
  async #beat(): Promise<void> {
    const bucket = bucketNames.agents;
    const subject = `$KV.${bucket}.${this.#record.id}`;
    const measured = await measureClock(
      this.#connection,
      `KV_${bucket}`,
      subject,
      agentMessage.encode(this.#record),
    );
    this.#clocks = [measured, ...this.#clocks.slice(0, CLOCKS_KEPT - 1)];
    const clock = this.#clocks.reduce((best, one) => (one.errorMs < best.errorMs ? one : best));
    this.#record = { ...this.#record, clock };
  }
}

export interface AgentsWatcher {
  /** Whoever is there now, and whoever comes. */
  readonly onHere?: (agent: AgentRecord) => void;
  /** It has left, or was not heard of any more. */
  readonly onGone?: (agent: AgentRecord) => void;
  /** An entry that is none. */
  readonly onBad?: (error: RemoteProtocolError) => void;
}

/** Who is there, kept up to date until `stop`. */
export class AgentsView {
  readonly #here = new Map<string, { readonly agent: AgentRecord; readonly timer: NodeJS.Timeout }>();
  readonly #watcher: AgentsWatcher;
  #stop: () => void = () => undefined;

  private constructor(watcher: AgentsWatcher) {
    this.#watcher = watcher;
  }

  /** Resolves when all that are there now are known. */
  static async open(connection: ClusterConnection, watcher: AgentsWatcher = {}): Promise<AgentsView> {
    const view = new AgentsView(watcher);
    const agents = await openAgents(connection);
    // Without it nobody would be seen to come any more.
    connection.relyOn((await connection.persist(() => agents.status())).streamInfo);
    // Changes first: nobody who comes in between is missed, and nobody who leaves meanwhile is taken for there.
    const told = new Set<string>();
    view.#stop = await followEntries(connection, agents, KvWatchInclude.UpdatesOnly, (entry) => {
      told.add(entry.key);
      view.#see(entry);
    });
    for (const entry of await entriesOf(connection, agents, bucketNames.agents)) {
      if (!told.has(entry.key)) view.#see(entry);
    }
    return view;
  }

  get agents(): readonly AgentRecord[] {
    return [...this.#here.values()].map(({ agent }) => agent);
  }

  stop(): void {
    this.#stop();
    for (const { timer } of this.#here.values()) clearTimeout(timer);
    this.#here.clear();
  }

  #see({ key, operation, value }: KvEntry): void {
    if (operation !== 'PUT') return this.#remove(key);
    try {
      const agent = agentMessage.decode(value, `agent ${key}`);
      const known = this.#here.get(key);
      clearTimeout(known?.timer);
      const timer = setTimeout(() => this.#remove(key), GONE_MS).unref();
      this.#here.set(key, { agent, timer });
      if (known === undefined) this.#watcher.onHere?.(agent);
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      this.#watcher.onBad?.(error);
    }
  }

  #remove(key: string): void {
    const known = this.#here.get(key);
    if (known === undefined) return;
    clearTimeout(known.timer);
    this.#here.delete(key);
    this.#watcher.onGone?.(known.agent);
  }
}
