/** Whether a run is what kills the agents that do it. */
import { EngineError, RemoteProtocolError } from '../../core/errors.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import { streamNames, subjects } from '../cluster/names.ts';
import { attemptMessage, type Attempt } from './messages.ts';

/** A run that so many agents have died of is given up. */
export const DEATHS_MAX = 3;

/** Core publish: nobody waits for it, and the stream keeps it all the same, unless the server is away just then. */
export function tellAttempt(
  connection: ClusterConnection,
  experiment: string,
  run: string,
  attempt: Attempt & { readonly delivery: number },
): void {
  const { delivery, ...told } = attempt;
  connection.nats.publish(subjects.attempts(experiment, run, String(delivery)), attemptMessage.encode(told));
}

/**
 * The last attempt of each agent. Asked only of a run that comes again: to follow all would cost each agent a message of
 * every other.
 */
export async function attemptsOf(
  connection: ClusterConnection,
  experiment: string,
  run: string,
): Promise<readonly Attempt[]> {
  const { streams } = connection.streams;
  const { state } = await connection.persist(() =>
    streams.info(streamNames.attempts, { subjects_filter: subjects.attempts(experiment, run) }),
  );
  const inOrder = Object.keys(state.subjects ?? {}).toSorted((a, b) => deliveryOf(a) - deliveryOf(b));
  const byAgent = new Map<string, Attempt>();
  for (const subject of inOrder) {
    const message = await connection.persist(() =>
      streams.getMessage(streamNames.attempts, { last_by_subj: subject }),
    );
    if (message === null) continue;
    const attempt = attemptIn(message.data, subject);
    if (attempt !== undefined) byAgent.set(attempt.agent, attempt);
  }
  return [...byAgent.values()];
}

/** What is none tells of nobody's death. */
function attemptIn(data: Uint8Array, subject: string): Attempt | undefined {
  try {
    return attemptMessage.decode(data, subject);
  } catch (error) {
    if (error instanceof RemoteProtocolError) return undefined;
    throw error;
  }
}

function deliveryOf(subject: string): number {
  return Number(subject.slice(subject.lastIndexOf('.') + 1));
}

/** Attempts whose agents have begun the run and have not told since that they gave it back. */
export function openAttempts(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts.filter(({ state }) => state === 'begun');
}

export function lostWith(attempts: readonly Attempt[]): EngineError {
  const names = attempts.map(({ agentName }) => agentName).join(', ');
  return new EngineError(
    `${attempts.length} agents were lost while they did this run, one after another (${names}): it is given up; ` +
      'run it alone on a machine, with more memory, to see what ends it',
  );
}
