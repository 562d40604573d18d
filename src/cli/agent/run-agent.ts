/** An agent from its start to its end. */
import { provesWho } from '../../sim/cluster/cluster-address.ts';
import { describeProgram, programOf } from '../../sim/cluster/program-id.ts';
import { ClusterConnection } from '../../sim/cluster/connection.ts';
import { HostService } from '../../sim/hosts/host-service.ts';
import { Presence } from '../../sim/cluster/presence.ts';
import { AgentWork } from '../../sim/agents/agent-work.ts';
import { PlanRunner } from '../../sim/agents/plan-runner.ts';
import { Turns } from '../../sim/agents/turns.ts';
import type { EngineName } from '../../sim/plan/plan.ts';
import { readEnvironment } from '../../sim/environment.ts';
import { openFilesMax } from '../../sim/machine/open-files.ts';
import { exitCodes } from '../program/exit-codes.ts';
import { interruptSignal } from '../program/run-program.ts';
import { print, say } from '../output/program-output.ts';
import type { AgentSettings } from './agent-options.ts';
import { LOOPBACK, ownAddresses } from './own-addresses.ts';

/** Resolves with the exit code once the agent has left. @throws {ConfigError} the server refuses it */
export async function runAgent(settings: AgentSettings): Promise<number> {
  const stopped = stopSignal(settings);
  try {
    return await join(settings, stopped);
  } catch (error) {
    // To be told to stop is how an agent ends, also one that has found no server yet.
    if (stopped.aborted && error === stopped.reason) return exitCodes.ok;
    throw error;
  }
}

async function join(settings: AgentSettings, stopped: AbortSignal): Promise<number> {
  const { address, name, lanes, quiet } = settings;
  const tell = (line: string): void => {
    if (!quiet) print(line);
  };
  const environment = readEnvironment();
  const rules = { isProven: provesWho(address), insecure: settings.insecure };
  const addresses = await ownAddresses(settings.addresses, rules);
  if (!rules.isProven && settings.insecure && settings.addresses.length === 0) {
    say(`agent: without credentials its peers listen at ${LOOPBACK} alone, unless --address says more`);
  }
  const connection = await ClusterConnection.open(address, {
    name: `agent ${name}`,
    signal: stopped,
    waitMs: Infinity,
    onWaiting: (why) => say(`agent: ${why}; waiting for it`),
    onOutage: (isAway) => say(isAway ? 'agent: the NATS server is away' : 'agent: the NATS server is back'),
    onSilence: (why) => say(`agent: ${why}`),
  });
  try {
    const presence = await Presence.announce(connection, {
      name,
      program: programOf(environment),
      cores: environment.cores,
      memoryBytes: environment.memoryBytes,
      openFilesMax: openFilesMax(),
      addresses,
      lanes,
    });
    const runner = new PlanRunner({
      engineOf: async (engine: EngineName) => {
        const { createEngines } = await import('../../sim/engines/registry.ts');
        const engines = createEngines({ workerFile: PEER_WORKER }, { trackerPort: 0 });
        return engines[engine];
      },
      runWorkerFile: new URL('./run-worker.js', import.meta.url),
      environment,
      lanes,
    });
    const turns = new Turns();
    const host = hostOn(presence, connection, { turns, tell });
    // Its part of a run ends at once; else whatever waits for the end of that would be waited for.
    stopped.addEventListener('abort', () => void host.close());
    tell(
      `agent ${name} is ready: ${lanes === 1 ? '1 run' : `${lanes} runs`} at once, ${describeProgram(programOf(environment))}`,
    );
    try {
      await work(presence, connection, { runner, turns, stopped, tell });
    } finally {
      await host.close();
      await runner.close();
    }
    await presence.leave();
    return exitCodes.ok;
  } finally {
    await connection.close();
  }
}

const PEER_WORKER = new URL('./peer-worker.js', import.meta.url);

/** The agent can have a part of a run over several hosts, too, while it does no other. */
function hostOn(
  { record }: Presence,
  connection: ClusterConnection,
  { turns, tell }: Pick<Work, 'turns' | 'tell'>,
): HostService {
  return new HostService(
    {
      connection,
      workerFile: PEER_WORKER,
      takeTurn: () => turns.takeNow(),
      tell: (line) => tell(`agent ${record.name}: ${line}`),
    },
    { agentId: record.id, address: record.addresses[0] ?? LOOPBACK },
  );
}

interface Work {
  readonly runner: PlanRunner;
  readonly turns: Turns;
  readonly stopped: AbortSignal;
  readonly tell: (line: string) => void;
}

/** Resolves when it was told to stop, and has given back what it had begun. */
async function work(
  { record }: Presence,
  connection: ClusterConnection,
  { runner, turns, stopped, tell }: Work,
): Promise<void> {
  const warn = (line: string): void => say(`agent: ${line}`);
  await AgentWork.run({ connection, runner, agent: record, turns, signal: stopped, tell, warn });
}

function stopSignal({ watchInput }: AgentSettings): AbortSignal {
  const interrupted = interruptSignal();
  if (!watchInput) return interrupted;
  const ended = new AbortController();
  process.stdin.on('close', () => ended.abort()).resume();
  return AbortSignal.any([interrupted, ended.signal]);
}
