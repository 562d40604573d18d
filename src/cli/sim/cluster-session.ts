/** The cluster that an experiment is run on: its server, and who is there. */
import { ConfigError, type EngineError } from '../../core/errors.ts';
import { EmbeddedAgents } from '../../sim/agents/embedded-agents.ts';
import { RunQueue } from '../../sim/agents/run-queue.ts';
import { readClusterAddress } from '../../sim/cluster/cluster-address.ts';
import { withoutSecrets } from '../../sim/cluster/cluster-url.ts';
import { ClusterConnection } from '../../sim/cluster/connection.ts';
import { NatsServer } from '../../sim/cluster/nats-server.ts';
import { AgentsView, type AgentRecord } from '../../sim/cluster/presence.ts';
import { describeProgram, programId, programOf, type Program } from '../../sim/cluster/program-id.ts';
import { storeId } from '../../sim/cluster/store-id.ts';
import { pause } from '../../sim/cluster/unless-aborted.ts';
import type { HostLink } from '../../sim/engines/cluster/host-link.ts';
import { NatsHostLink } from '../../sim/hosts/nats-host-link.ts';
import type { EngineName } from '../../sim/plan/plan.ts';
import type { Environment } from '../../sim/result/result.ts';
import { nearest } from '../../sim/scenario/source/did-you-mean.ts';
import { formatBytes } from '../../sim/units/format.ts';
import { parallelThreads } from '../../sim/machine/processors.ts';
import { say } from '../output/program-output.ts';
import type { SimOptions } from './sim-options.ts';

const EMBEDDED = 'embedded';
const LOOK_MS = 100;

export interface SessionRequest {
  readonly options: SimOptions;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  /** What the agents do: `threads` needs the machine to itself, so an embedded cluster then has one agent. */
  readonly engine: EngineName;
}

export class ClusterSession {
  readonly program: Program;
  /** Whether what waits there stays when this program ends, so that an experiment can go on. */
  readonly outlivesProgram: boolean;
  /** Of the server: see `storeId`. */
  readonly store: string;
  readonly #connection: ClusterConnection;
  readonly #agents: AgentsView;
  readonly #end: () => Promise<void>;
  readonly #signal: AbortSignal;

  private constructor(
    { program, store, outlivesProgram }: Pick<ClusterSession, 'program' | 'store' | 'outlivesProgram'>,
    connection: ClusterConnection,
    agents: AgentsView,
    signal: AbortSignal,
    end: () => Promise<void>,
  ) {
    this.program = program;
    this.outlivesProgram = outlivesProgram;
    this.store = store;
    this.#connection = connection;
    this.#agents = agents;
    this.#signal = signal;
    this.#end = end;
  }

  /** @throws {SwarmError} there is no such cluster, or no agent of it runs this program */
  static async open({ options, environment, signal, engine }: SessionRequest): Promise<ClusterSession> {
    const program = programOf(environment);
    const isEmbedded = options.cluster === EMBEDDED;
    if (!isEmbedded && nearest(options.cluster!, [EMBEDDED]) !== undefined) {
      throw new ConfigError(
        `--cluster ${options.cluster!}: did you mean ${EMBEDDED}? A host of that name: nats://${options.cluster!}`,
      );
    }
    const server = isEmbedded ? await NatsServer.start() : undefined;
    const ends: (() => Promise<void>)[] = [];
    const end = async (): Promise<void> => {
      try {
        await Promise.all(ends.splice(0).map((one) => one()));
      } finally {
        // All others have told it that they leave.
        await server?.stop();
      }
    };
    try {
      const address =
        server?.address ?? readClusterAddress(options.cluster!, options, process.env, '--cluster');
      const embedded =
        server === undefined || options.plan ? undefined : embeddedAgents(server, options, engine);
      if (embedded !== undefined) ends.push(() => embedded.close());
      const failing = [server?.failed, embedded?.failed].filter((one) => one !== undefined);
      const ending = AbortSignal.any([signal, ...failing]);
      const connection = await ClusterConnection.open(address, {
        name: 'sim',
        signal: ending,
        onWaiting: (why) => say(`sim: ${why}`),
        onOutage: (isAway) => say(`sim: the NATS server is ${isAway ? 'away' : 'back'}`),
        onSilence: (why) => say(`sim: ${why}`),
      });
      ends.push(() => connection.close());
      for (const failed of failing) {
        failed.addEventListener('abort', () => connection.giveUp(failed.reason as EngineError));
      }
      const agents = await AgentsView.open(connection, {
        onHere: (agent) => tellRefusal(agent, program),
        onBad: ({ message }) => say(`sim: ${message}`),
      });
      ends.push(async () => {
        agents.stop();
        await Promise.resolve();
      });
      const about = { program, store: await storeId(connection), outlivesProgram: !isEmbedded };
      const session = new ClusterSession(about, connection, agents, ending, end);
      if (!isEmbedded && !options.plan) session.#requireAgents(options.cluster!);
      if (!options.plan) await session.#untilThere(awaitedAgents(options, engine));
      return session;
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** `3 agents`, as progress shows it. */
  get whoIsThere(): string {
    const { length } = this.#own();
    return length === 0 ? 'no agents' : length === 1 ? '1 agent' : `${length} agents`;
  }

  /** `3 agents, 6 runs in virtual time at once`, who is refused, and what each machine has. */
  get description(): string {
    const own = this.#own();
    const lanes = own.reduce((sum, agent) => sum + agent.lanes, 0);
    const refused = this.#agents.agents.length - own.length;
    const others = refused === 0 ? '' : `; ${refused} of another program are refused`;
    const atOnce = own.length === 0 ? '' : `, ${lanes} runs in virtual time at once`;
    return [`${this.whoIsThere}${atOnce}${others}`, ...kindsOf(own)].join('\n  ');
  }

  queue(experiment: string, scenario: string): Promise<RunQueue> {
    const options = { experiment, scenario, program: this.program, signal: this.#signal };
    return RunQueue.open({ ...options, connection: this.#connection });
  }

  /** Ways to the agents, for one run over all of them. */
  hosts(): readonly HostLink[] {
    const inOrder = this.#own().toSorted((a, b) => (a.name + a.id < b.name + b.id ? -1 : 1));
    return inOrder.map((agent) => new NatsHostLink(this.#connection, agent));
  }

  close(): Promise<void> {
    return this.#end();
  }

  async #untilThere(agents: number): Promise<void> {
    if (this.#own().length >= agents) return;
    say(`sim: waits until ${agents === 1 ? '1 agent is' : `${agents} agents are`} there`);
    // The connection may break meanwhile, or the embedded server end: then nobody would come.
    while (this.#own().length < agents) await this.#connection.orBroken(pause(LOOK_MS, this.#signal));
  }

  #own(): readonly AgentRecord[] {
    return this.#agents.agents.filter(({ program }) => programId(program) === programId(this.program));
  }

  #requireAgents(url: string): void {
    if (this.#own().length > 0) return;
    if (this.#agents.agents.length > 0) {
      throw new ConfigError(
        `no agent of the cluster runs the same program as this one, ${describeProgram(this.program)}; update them, or this`,
      );
    }
    say(`sim: no agent is there yet; the runs wait for one: swarm-lab agent --nats ${withoutSecrets(url)}`);
  }
}

/** `12 with 8 cores, 16.0 GiB of memory and 1048576 open files`: one of each kind of machine. */
function kindsOf(agents: readonly AgentRecord[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { cores, memoryBytes, openFilesMax } of agents) {
    const files = openFilesMax === null ? '' : `, up to ${openFilesMax} open files`;
    const kind = `with ${cores === 1 ? '1 core' : `${cores} cores`}, ${formatBytes(memoryBytes)} of memory${files}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`);
}

/** One a core for runs in virtual time; those in real time need the machine to themselves. */
export function agentsOfEmbedded({ agents }: SimOptions, engine: EngineName): number {
  return engine === 'threads' ? 1 : (agents ?? parallelThreads());
}

/** Runs in a queue need not wait for agents that have been started and come. */
function awaitedAgents({ agents, cluster }: SimOptions, engine: EngineName): number {
  if (engine === 'cluster') return agents ?? (cluster === EMBEDDED ? parallelThreads() : 1);
  return cluster === EMBEDDED ? 0 : (agents ?? 0);
}

function embeddedAgents(server: NatsServer, options: SimOptions, engine: EngineName): EmbeddedAgents {
  const cores = parallelThreads();
  const isReal = engine === 'threads';
  if (isReal && (options.agents ?? 1) > 1) {
    throw new ConfigError(
      '--agents: runs in real time need the machine to themselves; leave it out, or add --engine virtual',
    );
  }
  return new EmbeddedAgents({
    server,
    agentFile: new URL('./agent.js', import.meta.url),
    agents: agentsOfEmbedded(options, engine),
    lanes: isReal ? cores : 1,
  });
}

function tellRefusal({ name, program }: AgentRecord, own: Program): void {
  if (programId(program) === programId(own)) return;
  say(
    `sim: agent ${name} is refused: it runs ${describeProgram(program)}, and this is ${describeProgram(own)}`,
  );
}
