/** What an agent does with the runs of experiments: takes them one by one, does them, and tells what came of each. */
import { JetStreamApiError, JetStreamError, type JsMsg } from '@nats-io/jetstream';
import { KvWatchInclude, type KvEntry } from '@nats-io/kv';
import { RemoteProtocolError, toPlainError, TransportError, type PlainError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { SECOND_MS } from '../../core/units.ts';
import { followEntries } from '../cluster/bucket-entries.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { attachedTo } from '../cluster/message.ts';
import { partsOf } from '../cluster/names.ts';
import { agentsHere, type AgentRecord } from '../cluster/presence.ts';
import { describeProgram, programId } from '../cluster/program-id.ts';
import { pause } from '../cluster/unless-aborted.ts';
import type { EngineName } from '../plan/plan.ts';
import { attemptsOf, DEATHS_MAX, lostWith, openAttempts, tellAttempt } from './lost-runs.ts';
import { experimentMessage, runMessage, type Attempt } from './messages.ts';
import type { PackedRun } from './packed-run.ts';
import { getPayload } from './payload.ts';
import type { PlanRunner } from './plan-runner.ts';
import { RunReader } from './run-reader.ts';
import { tellResult, type Done } from './tell-result.ts';
import { openQueue, openStorage, WORKING_MS, type Storage } from './storage.ts';
import type { Turns } from './turns.ts';

export interface AgentWorkComponents {
  readonly connection: ClusterConnection;
  readonly runner: PlanRunner;
  readonly agent: AgentRecord;
  /** Shared with all else that the agent does. */
  readonly turns: Turns;
  /** Ends the work; what is under way is given back. */
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
  /** What a person has to know, also where nothing else is told. */
  readonly warn: (line: string) => void;
}

/** A run that this machine is too small for is offered to others again so often. */
const PASS_ON_MS = 2000;
/** Until those who may be gone are known to be, and before a queue that is gone is made again. */
const AGAIN_MS = 1000;
const WAITS_MAX = 8;
/** After a run that the disk of this machine did not let it do, no other is asked for, since it would end alike. */
const UNFIT_MS = 10 * SECOND_MS;

/** A run that an agent has, until it is done and told. */
class TakenRun {
  readonly message: JsMsg;
  /** To be called by `end`: also what is told of a run could disturb one that needs the machine to itself. */
  endTurn: () => void = () => undefined;
  readonly #working: NodeJS.Timeout;

  constructor(message: JsMsg) {
    this.message = message;
    this.#working = setInterval(() => message.working(), WORKING_MS);
  }

  end(): void {
    clearInterval(this.#working);
    this.endTurn();
  }
}

export class AgentWork {
  readonly #components: AgentWorkComponents;
  readonly #storage: Storage;
  readonly #program: string;
  /** Of experiments that go on; aborted when they no longer do. */
  readonly #experiments = new Map<string, AbortController>();

  /** Aborted when one lane has failed: the others end, too, or the agent would stay and do nothing. */
  readonly #ending = new AbortController();
  /** Aborted by that, and by the signal. */
  readonly #over: AbortSignal;
  /** Of `performance.now()`. */
  #unfitUntilMs = -Infinity;

  private constructor(components: AgentWorkComponents, storage: Storage) {
    this.#components = components;
    this.#over = AbortSignal.any([components.signal, this.#ending.signal]);
    this.#storage = storage;
    this.#program = programId(components.agent.program);
  }

  /** Resolves when the signal has ended it. @throws what the connection is broken by */
  static async run(components: AgentWorkComponents): Promise<void> {
    const { connection, agent, signal } = components;
    const work = new AgentWork(components, await openStorage(connection));
    const unfollow = await followEntries(
      connection,
      work.#storage.experiments,
      KvWatchInclude.LastValue,
      (entry) => work.#seeExperiment(entry),
    );
    const virtual = await openQueue(connection, work.#program, 'virtual');
    const threads = await openQueue(connection, work.#program, 'threads');
    const lanes = [
      ...Array.from({ length: agent.lanes }, () => work.#lane(virtual, 'virtual')),
      work.#lane(threads, 'threads'),
    ];
    try {
      await Promise.all(lanes);
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw queueLost(error);
    } finally {
      work.#ending.abort(signal.reason);
      unfollow();
      for (const going of work.#experiments.values()) going.abort(signal.reason);
      await Promise.allSettled(lanes);
    }
  }

  #seeExperiment({ key, operation, value }: KvEntry): void {
    if (operation !== 'PUT') {
      this.#experiments.get(key)?.abort();
      this.#experiments.delete(key);
      return;
    }
    const { agent, warn } = this.#components;
    try {
      const { scenario, program } = experimentMessage.decode(value, `experiment ${key}`);
      if (programId(program) === this.#program) this.#open(key);
      else {
        warn(
          `the experiment ${scenario} is refused: it is by ${describeProgram(program)}, and this agent is ` +
            `${describeProgram(agent.program)}; use the same on both`,
        );
      }
    } catch (error) {
      if (!(error instanceof RemoteProtocolError)) throw error;
      warn(error.message);
    }
  }

  #open(experiment: string): AbortController {
    const known = this.#experiments.get(experiment);
    if (known !== undefined) return known;
    const going = new AbortController();
    this.#experiments.set(experiment, going);
    return going;
  }

  /** One run after another; what has come of one is told while the next is asked for and done. */
  async #lane(queue: string, engine: EngineName): Promise<void> {
    const { connection, turns, warn } = this.#components;
    let runs = await RunReader.open(connection, queue, this.#over);
    let telling = Promise.resolve();
    try {
      for (;;) {
        await unlessRejected(this.#untilFit(), telling);
        await unlessRejected(turns.free(engine, this.#over), telling);
        const next = await unlessRejected(this.#nextOf(runs), telling);
        if (next === undefined) {
          // A queue that nobody has asked for a day is removed by the server, also where runs of the other engine go on.
          warn('its queue of runs is gone, and is made again');
          await pause(AGAIN_MS, this.#over);
          await openQueue(connection, this.#program, engine);
          runs = await RunReader.open(connection, queue, this.#over);
          continue;
        }
        if (!turns.mayAsk(engine)) {
          // Something has begun meanwhile that keeps all else away: another agent may do it at once.
          next.nak();
          runs.rest();
          continue;
        }
        const taken = new TakenRun(next);
        const resting = setTimeout(() => runs.rest(), WORKING_MS);
        try {
          const done = await this.#do(taken, engine);
          await telling;
          telling = this.#tell(next, done).finally(() => taken.end());
        } catch (error) {
          taken.end();
          throw error;
        } finally {
          clearTimeout(resting);
        }
      }
    } finally {
      runs.rest();
      // What it fails by has been thrown, or is the end of the work.
      await telling.catch(() => undefined);
    }
  }

  /** undefined: the queue is not there any more. */
  async #nextOf(runs: RunReader): Promise<JsMsg | undefined> {
    try {
      return await runs.next();
    } catch (error) {
      if (!(error instanceof JetStreamError) || this.#over.aborted) throw error;
      runs.rest();
      return undefined;
    }
  }

  async #untilFit(): Promise<void> {
    const leftMs = this.#unfitUntilMs - performance.now();
    if (leftMs > 0) await pause(leftMs, this.#over);
  }

  /** undefined: it was given back, or is not wanted any more. */
  async #do(taken: TakenRun, engine: EngineName): Promise<Done | undefined> {
    const { message } = taken;
    const { experiment, run } = partsOf(message.subject);
    const going = await this.#goingOn(experiment);
    if (going === undefined) {
      message.term('its experiment is over');
      return undefined;
    }
    const { connection, turns } = this.#components;
    const attempts = message.redelivered ? await attemptsOf(connection, experiment, run) : [];
    const begun = openAttempts(attempts);
    if (begun.length >= DEATHS_MAX) {
      const here = await agentsHere(connection);
      const lost = begun.filter(({ agent }) => !here.has(agent));
      if (lost.length >= DEATHS_MAX) return { kind: 'failed', error: toPlainError(lostWith(lost)) };
      // One that has just died counts as there for some seconds.
      if (message.info.deliveryCount <= DEATHS_MAX + WAITS_MAX) {
        message.nak(AGAIN_MS);
        return undefined;
      }
    }
    // One that was lost with an agent goes alone: what ends the next one is then known.
    try {
      taken.endTurn = await turns.take(begun.length > 0 ? 'threads' : engine, this.#over);
    } catch (error) {
      message.nak();
      throw error;
    }
    return this.#attempt(message, engine, going.signal, attempts);
  }

  async #attempt(
    message: JsMsg,
    engine: EngineName,
    going: AbortSignal,
    earlier: readonly Attempt[],
  ): Promise<Done | undefined> {
    const { connection, agent, signal, tell } = this.#components;
    const { experiment, run } = partsOf(message.subject);
    const note = (state: Attempt['state']): void =>
      tellAttempt(connection, experiment, run, {
        agent: agent.id,
        agentName: agent.name,
        delivery: message.info.deliveryCount,
        state,
      });
    note('begun');
    const done = await this.#run(message, engine, AbortSignal.any([signal, going]));
    if (done?.kind === 'short') {
      note('too-small');
      return this.#passOn(message, done.error, earlier);
    }
    if (done !== undefined) return done;
    if (going.aborted && !signal.aborted) {
      tell('ends a run, since its experiment was stopped');
      message.term('its experiment was stopped');
    } else {
      note('left');
      message.nak();
    }
    return undefined;
  }

  /** To an agent with a larger machine; if none that is there can do the run, nobody waits for one. */
  async #passOn(message: JsMsg, error: PlainError, earlier: readonly Attempt[]): Promise<Done | undefined> {
    const { connection, agent, tell } = this.#components;
    const tooSmall = new Set(earlier.filter(({ state }) => state === 'too-small').map(({ agent: id }) => id));
    const others = [...(await agentsHere(connection)).values()].filter(
      ({ id, program }) => id !== agent.id && programId(program) === this.#program && !tooSmall.has(id),
    );
    if (others.length === 0) return { kind: 'failed', error: withAgent(error, agent) };
    tell(`gives a run to another: ${error.message}`);
    message.nak(PASS_ON_MS);
    return undefined;
  }

  /** undefined: it was not carried to its end. */
  async #run(
    message: JsMsg,
    engine: EngineName,
    signal: AbortSignal,
  ): Promise<PackedRun | Extract<Done, { kind: 'failed' }> | undefined> {
    const { connection, runner, agent, tell, warn } = this.#components;
    try {
      const { program, plan, scenario, seed } = runMessage.decode(message.data, message.subject);
      if (programId(program) !== this.#program) {
        throw new RemoteProtocolError(
          `${message.subject}: this run is by ${describeProgram(program)}, and this agent is ${describeProgram(agent.program)}`,
        );
      }
      const bytes = await getPayload(connection, this.#storage, plan, attachedTo(message.data));
      tell(`runs ${printableLine(scenario)}, seed ${printableLine(seed)}`);
      const done = await runner.run({ bytes, origin: message.subject }, engine, signal);
      // A run in real time that was stopped has a report, too.
      signal.throwIfAborted();
      return done;
    } catch (error) {
      if (signal.aborted) return undefined;
      const plain = toPlainError(error);
      if (plain.code !== 'STORE') return { kind: 'failed', error: withAgent(plain, agent) };
      this.#unfitUntilMs = performance.now() + UNFIT_MS;
      warn(`${plain.message}; no other run is taken for ${UNFIT_MS / SECOND_MS} s`);
      return { kind: 'short', error: plain };
    }
  }

  async #tell(message: JsMsg, done: Done | undefined): Promise<void> {
    const { connection, agent } = this.#components;
    if (done !== undefined) await tellResult(message, done, { connection, storage: this.#storage, agent });
  }

  /** An experiment that has begun this moment may not have been told of yet. */
  async #goingOn(experiment: string): Promise<AbortController | undefined> {
    const known = this.#experiments.get(experiment);
    if (known !== undefined) return known;
    const entry = await this.#components.connection.persist(() => this.#storage.experiments.get(experiment));
    return entry?.operation === 'PUT' ? this.#open(experiment) : undefined;
  }
}

/** @throws what the other is rejected by, also while this one is waited for */
function unlessRejected<T>(promise: Promise<T>, other: Promise<unknown>): Promise<T> {
  return Promise.race([promise, other.then(() => new Promise<never>(() => undefined))]);
}

/** What removes the queue, or the store below it, is no defect of the program. */
function queueLost(error: unknown): unknown {
  if (!(error instanceof JetStreamError || error instanceof JetStreamApiError)) return error;
  return new TransportError(
    `the NATS server no longer has the queue of runs (${error.message}): it was removed, or the server has lost its store; ` +
      'start the agent again',
    { cause: error },
  );
}

function withAgent(error: PlainError, { name }: AgentRecord): PlainError {
  return { ...error, message: `${error.message} (agent ${name})` };
}
