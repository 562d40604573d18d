/** An experiment's side of the queue: puts its runs there, and takes what comes of each. */
import { DeliverPolicy, JetStreamApiError, type ConsumerMessages, type JsMsg } from '@nats-io/jetstream';
import { nuid } from '@nats-io/nats-core';
import { setTimeout as delay } from 'node:timers/promises';
import { RemoteProtocolError, toPlainError } from '../../core/errors.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { attachedTo } from '../cluster/message.ts';
import { partsOf, streamNames, subjects } from '../cluster/names.ts';
import { programId, type Program } from '../cluster/program-id.ts';
import { fromPlainError } from '../engines/run/plain-errors.ts';
import { pageScript } from '../page/page-script.ts';
import { engineNameOf, type Plan } from '../plan/plan.ts';
import { storeReport } from '../report/adopt-report.ts';
import type { RunPlace } from '../report/write-report.ts';
import type { RunResult } from '../result/result.ts';
import type { FinishedRun } from '../run-and-report.ts';
import { packed } from './packed.ts';
import { Lead } from './lead.ts';
import { ExperimentEntry } from './experiment-entry.ts';
import { resultMessage, runMessage, type Outcome, type Payload } from './messages.ts';
import { dropPayload, dropPayloads, getPayload, putPayload } from './payload.ts';
import { resultIn, unpackReport, type ReportFiles } from './report-pack.ts';
import { openQueue, openStorage, type Storage } from './storage.ts';

export interface RunQueueOptions {
  readonly connection: ClusterConnection;
  /** Of this experiment alone. */
  readonly experiment: string;
  readonly scenario: string;
  readonly program: Program;
  /** Stops the experiment wherever it goes on. */
  readonly signal: AbortSignal;
  /** How long the server keeps what nobody renews, and how often this one looks. Default: seven days, and each hour. */
  readonly kept?: { readonly forMs: number; readonly lookMs: number };
}

/** What came of a run, with what was attached to the message. */
interface Came {
  readonly outcome: Outcome;
  readonly agentName: string;
  readonly attached: Uint8Array;
}

interface Waiting {
  readonly plan: Plan;
  /** It is in the queue, or was. */
  isQueued: boolean;
  readonly resolve: (came: Came) => void;
  readonly reject: (error: Error) => void;
}

/** "maximum messages per subject exceeded" */
const IN_QUEUE_ALREADY = 10_077;
/** Publishes that wait for their acknowledgement at a time. */
const PUBLISHES_MAX = 32;
/** Within this time of a Ctrl-C all that can be told to agents is told. */
const STOP_MS = 1.5 * SECOND_MS;
const LOOK_MS = 3600 * SECOND_MS;

export class RunQueue {
  readonly #options: RunQueueOptions;
  readonly #storage: Storage;
  readonly #lead: Lead;
  readonly #entry: ExperimentEntry;
  readonly #script = Buffer.from(pageScript('page'));
  /** Of runs that were done before anybody waited for them here. */
  readonly #early = new Map<string, Came>();
  readonly #waiting = new Map<string, Waiting>();
  /** Runs that were in the queue when this began: they are not put there again. */
  readonly #queued: ReadonlySet<string>;
  readonly #messages: ConsumerMessages;
  #publishing = 0;
  readonly #slots: (() => void)[] = [];
  readonly #looking: NodeJS.Timeout;
  #isKept = false;

  private constructor(
    options: RunQueueOptions,
    lead: Lead,
    storage: Storage,
    entry: ExperimentEntry,
    queued: ReadonlySet<string>,
    messages: ConsumerMessages,
  ) {
    this.#options = options;
    this.#lead = lead;
    this.#storage = storage;
    this.#entry = entry;
    this.#queued = queued;
    this.#messages = messages;
    this.#listen().catch((error: unknown) => this.#giveUp(error as Error));
    const { signal, connection, kept } = options;
    for (const why of [signal, connection.broken]) {
      why.addEventListener('abort', () => this.#giveUp(why.reason as Error));
    }
    this.#looking = setInterval(() => {
      this.#renew().catch((error: unknown) => this.#giveUp(error as Error));
    }, kept?.lookMs ?? LOOK_MS).unref();
  }

  #giveUp(why: Error): void {
    for (const { reject } of this.#waiting.values()) reject(why);
  }

  /**
   * Opens an experiment, or what another coordinator has left of it.
   *
   * @throws {ConfigError} another coordinator leads it
   */
  static async open(options: RunQueueOptions): Promise<RunQueue> {
    const lead = await Lead.take(options.connection, options.experiment);
    try {
      const signal = AbortSignal.any([options.signal, lead.lost]);
      return await RunQueue.#openLed({ ...options, signal }, lead);
    } catch (error) {
      await inTime(lead.leave());
      throw error;
    }
  }

  static async #openLed(options: RunQueueOptions, lead: Lead): Promise<RunQueue> {
    const { connection, experiment, scenario, program } = options;
    const storage = await openStorage(connection, options.kept?.forMs);
    const own = programId(program);
    await openQueue(connection, own, 'virtual');
    await openQueue(connection, own, 'threads');
    const entry = new ExperimentEntry(connection, storage, experiment, { scenario, program });
    await entry.write();
    lead.guard(() => entry.isUntouched());
    await lead.assured();
    const { queued, done } = await whereRunsAre(connection, own, experiment);
    const results = await connection.persist(() =>
      connection.streams.jetstream().consumers.get(streamNames.results, {
        filter_subjects: subjects.results(experiment),
        deliver_policy: DeliverPolicy.All,
      }),
    );
    const messages = await connection.persist(() => results.consume({ max_messages: 100 }));
    const queue = new RunQueue(options, lead, storage, entry, queued, messages);
    await queue.#known(done.size);
    await queue.#retryFailed();
    return queue;
  }

  /** A run that failed is tried again when its experiment is resumed. */
  async #retryFailed(): Promise<void> {
    const { connection, experiment } = this.#options;
    for (const [run, { outcome }] of this.#early) {
      if (outcome.kind !== 'failed') continue;
      this.#early.delete(run);
      const filter = subjects.results(experiment, run);
      await connection.persist(() => connection.streams.streams.purge(streamNames.results, { filter }));
    }
  }

  /**
   * Has a run done by some agent and stores its report.
   *
   * @param run its number within the experiment
   * @throws {SwarmError} it could not be carried out; what the agent says
   */
  async run(run: string, plan: Plan, reports: string, place: RunPlace | undefined): Promise<FinishedRun> {
    const { connection } = this.#options;
    const came = await this.#outcomeOf(run, plan);
    const { outcome, agentName } = came;
    const name = place?.name ?? plan.scenario.name;
    if (outcome.kind === 'failed') throw failureOf(outcome, name);
    const { files, result } = await this.#reportIn(came, outcome.report).catch((error: unknown) => {
      if (!(error instanceof RemoteProtocolError)) throw error;
      throw new RemoteProtocolError(`${name}: ${error.message} (agent ${agentName})`, { cause: error });
    });
    await this.#lead.assured();
    const written = await this.#store(files, result, reports, place);
    // What is in the folder needs not be kept twice.
    await dropPayload(connection, this.#storage, outcome.report);
    return { result, ...written };
  }

  /** @throws {RemoteProtocolError} it is not there, or damaged */
  async #reportIn(
    { attached }: Came,
    payload: Payload,
  ): Promise<{ readonly files: ReportFiles; readonly result: RunResult }> {
    const packed = await getPayload(this.#options.connection, this.#storage, payload, attached);
    const files = await unpackReport(packed, this.#script);
    return { files, result: resultIn(files) };
  }

  async #store(...report: Parameters<typeof storeReport>): ReturnType<typeof storeReport> {
    try {
      return await storeReport(...report);
    } catch (error) {
      this.#isKept = true;
      throw error;
    }
  }

  /** Aborted when another coordinator leads the experiment: what is in its folder is no longer this one's to write. */
  get lost(): AbortSignal {
    return this.#lead.lost;
  }

  /**
   * Nothing of the experiment is left, and agents stop what they do for it, unless another coordinator leads it now, or
   * a report could not be written here: then agents go on, and what they have done waits for `--resume`.
   */
  async close(): Promise<void> {
    clearInterval(this.#looking);
    this.#messages.stop();
    const { connection } = this.#options;
    if (connection.nats.isClosed()) return;
    await inTime(this.#lead.leave(() => (this.#isKept ? Promise.resolve() : this.#remove())));
  }

  /** Not by `persist`: that ends with the signal, and this is what the signal asks for. */
  async #remove(): Promise<void> {
    const { experiment, connection, program } = this.#options;
    const { streams } = connection.streams;
    await this.#storage.experiments.delete(experiment);
    await streams.purge(streamNames.runs, { filter: subjects.runs(programId(program), '*', experiment) });
    await streams.purge(streamNames.results, { filter: subjects.results(experiment) });
    await streams.purge(streamNames.attempts, { filter: subjects.attempts(experiment) });
    await dropPayloads(connection, this.#storage, experiment);
  }

  async #outcomeOf(run: string, plan: Plan): Promise<Came> {
    const { signal } = this.#options;
    const early = this.#early.get(run);
    if (early !== undefined) {
      this.#early.delete(run);
      return early;
    }
    signal.throwIfAborted();
    const isQueued = this.#queued.has(run);
    const came = new Promise<Came>((resolve, reject) =>
      this.#waiting.set(run, { plan, isQueued, resolve, reject }),
    );
    if (!isQueued) {
      // Whoever waits is told of that, too, and of nothing twice.
      this.#publish(run, plan).catch((error: unknown) => this.#waiting.get(run)?.reject(error as Error));
    }
    try {
      return await came;
    } finally {
      this.#waiting.delete(run);
    }
  }

  async #publish(run: string, plan: Plan): Promise<void> {
    const { connection, experiment, program } = this.#options;
    if (this.#publishing >= PUBLISHES_MAX) await new Promise<void>((resolve) => this.#slots.push(resolve));
    this.#publishing++;
    try {
      const bytes = await packed(Buffer.from(JSON.stringify(plan)));
      const { payload, attached } = await putPayload(connection, this.#storage, experiment, bytes);
      const id = nuid.next();
      const about = { id, program, scenario: plan.scenario.name, seed: plan.seed };
      const message = runMessage.encode({ ...about, plan: payload }, attached);
      const subject = subjects.runs(programId(program), engineNameOf(plan), experiment, run);
      await connection
        .persist(() => connection.streams.jetstream().publish(subject, message, { msgID: id }))
        .catch((error: unknown) => {
          if (!(error instanceof JetStreamApiError && error.code === IN_QUEUE_ALREADY)) throw error;
        });
      const waiting = this.#waiting.get(run);
      if (waiting !== undefined) waiting.isQueued = true;
    } finally {
      this.#publishing--;
      this.#slots.shift()?.();
    }
  }

  /** The server keeps nothing for ever: what is still wanted is given to it again. */
  async #renew(): Promise<void> {
    const { connection, experiment, program } = this.#options;
    await this.#lead.assured();
    await this.#entry.write();
    const before = new Map(this.#waiting);
    const { queued, done } = await whereRunsAre(connection, programId(program), experiment);
    for (const [run, waiting] of before) {
      if (!waiting.isQueued || queued.has(run) || done.has(run) || this.#waiting.get(run) !== waiting)
        continue;
      waiting.isQueued = false;
      await this.#publish(run, waiting.plan);
    }
  }

  async #listen(): Promise<void> {
    for await (const message of this.#messages) {
      const { run } = partsOf(message.subject);
      const came = cameIn(message);
      const waiting = this.#waiting.get(run);
      // Not kept for longer than it is needed: it may hold a report.
      if (waiting === undefined) this.#early.set(run, came);
      else waiting.resolve(came);
      this.#onResult();
    }
  }

  #onResult: () => void = () => undefined;

  /** Resolves when as many results have been read. */
  async #known(count: number): Promise<void> {
    while (this.#early.size < count) {
      await this.#options.connection.orBroken(
        new Promise<void>((resolve) => {
          this.#onResult = resolve;
        }),
      );
    }
  }
}

/** In this order: a run leaves the queue after its result is stored, so each is found in one of them. */
async function whereRunsAre(
  connection: ClusterConnection,
  program: string,
  experiment: string,
): Promise<{ readonly queued: ReadonlySet<string>; readonly done: ReadonlySet<string> }> {
  const { streams } = connection.streams;
  const runsBelow = async (stream: string, filter: string): Promise<ReadonlySet<string>> => {
    const { state } = await connection.persist(() => streams.info(stream, { subjects_filter: filter }));
    return new Set(Object.keys(state.subjects ?? {}).map((subject) => partsOf(subject).run));
  };
  const queued = await runsBelow(streamNames.runs, subjects.runs(program, '*', experiment));
  return { queued, done: await runsBelow(streamNames.results, subjects.results(experiment)) };
}

/** What cannot be told to the server in time is left: it ends by itself. */
async function inTime(left: Promise<void>): Promise<void> {
  await Promise.race([left, delay(STOP_MS, undefined, { ref: false })]).catch(() => undefined);
}

/** A message that is none is a result all the same: else its run would be waited for without end. */
function cameIn({ data, subject }: JsMsg): Came {
  const attached = attachedTo(data);
  try {
    return { ...resultMessage.decode(data, subject), attached };
  } catch (error) {
    return { outcome: { kind: 'failed', error: toPlainError(error) }, agentName: 'not known', attached };
  }
}

function failureOf({ error }: Extract<Outcome, { kind: 'failed' }>, name: string): Error {
  return fromPlainError({
    name: error.name,
    code: error.code,
    message: `${name}: ${error.message}`,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
  });
}
