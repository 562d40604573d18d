import type { SwarmEvent } from '../../core/events.ts';
import { addressKey } from '../../core/address.ts';
import { SECOND_MS } from '../../core/units.ts';
import type { RunRecord } from '../engines/engine.ts';
import type { Build } from '../engines/virtual/build.ts';
import { InvariantError } from '../engines/virtual/invariants/invariant.ts';
import { virtualEngine } from '../engines/virtual/virtual-engine.ts';
import { expand } from '../expand/expand.ts';
import type { Plan } from '../plan/plan.ts';
import { parseScenario } from '../scenario/parse.ts';
import { timeBudgetMs } from './time-budget.ts';

/** Of real time: most runs take a tenth of a second. */
const TAKES_MS_MAX = 120 * SECOND_MS;
export const TOOK_TOO_LONG = 'took too long';

/** What is wrong with a run. */
export interface Problem {
  /** Runs with the same kind have the same problem. */
  readonly kind: string;
  readonly message: string;
}

/** Runs a scenario of the language under all invariants; undefined: it did what a swarm must. */
export async function examine(
  text: string,
  {
    file,
    build,
    signal,
  }: { readonly file: string; readonly build?: Build | undefined; readonly signal: AbortSignal },
): Promise<Problem | undefined> {
  const drawn = expand(parseScenario(text, file));
  const budgetMs = timeBudgetMs(drawn);
  const plan = { ...drawn, timeLimitMs: Math.min(drawn.timeLimitMs, budgetMs) };
  const engine = virtualEngine({ thorough: true, ...(build && { build }) });
  const timeout = AbortSignal.timeout(TAKES_MS_MAX);
  let wrong: Problem | undefined;
  try {
    const onEvent = (event: SwarmEvent): void => {
      wrong ??= wrongEvent(event, plan);
    };
    const record = await engine.run(plan, { signal: AbortSignal.any([signal, timeout]), onEvent });
    if (signal.aborted) return undefined;
    return wrong ?? (record.ending === 'interrupted' ? tookTooLong(record) : wrongEnd(record, plan));
  } catch (error) {
    if (error instanceof InvariantError) return { kind: error.invariant, message: error.message };
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { kind: `broke down: ${told.split('\n')[0]}`, message: told };
  }
}

function tookTooLong({ elapsedMs }: RunRecord): Problem {
  const limitSec = TAKES_MS_MAX / SECOND_MS;
  const message = `not over after ${limitSec} s, at ${(elapsedMs / SECOND_MS).toFixed(1)} s of virtual time`;
  return { kind: TOOK_TOO_LONG, message };
}

/** Nobody is blamed for what he did not do. */
function wrongEvent(event: SwarmEvent, { faults }: Plan): Problem | undefined {
  const kinds = faults.map(({ effect }) => effect.kind);
  if (kinds.includes('corrupt')) return undefined;
  if (event.type === 'chunk-discarded' && event.reason === 'corrupt') {
    const message = `${event.peer} threw chunk ${event.index} away as corrupt, which nobody has spoilt`;
    return { kind: 'unspoilt chunk thrown away', message };
  }
  if (event.type !== 'peer-banned' || kinds.includes('lie')) return undefined;
  const message = `${event.peer} banned ${addressKey(event.address)}, which did nothing wrong: ${event.reason}`;
  return { kind: 'innocent banned', message };
}

function wrongEnd({ ending, elapsedMs, peers }: RunRecord, plan: Plan): Problem | undefined {
  const { totalChunks } = plan.content;
  const lacking = peers.filter(
    ({ heldChunksAtEnd, leftIncomplete }) => heldChunksAtEnd < totalChunks && !leftIncomplete,
  );
  const names = lacking.map(({ name }) => name).join(', ') || 'nobody';
  const atS = (elapsedMs / 1000).toFixed(1);
  if (ending === 'time-limit') {
    return {
      kind: 'not complete in time',
      message: `not complete within ${atS} s of virtual time: ${names} lack chunks`,
    };
  }
  if (ending === 'stalled' && lacking.length > 0) {
    return {
      kind: 'given up',
      message: `given up as stalled after ${atS} s of virtual time: ${names} lack chunks`,
    };
  }
  const corrupt = peers.find(({ name, integrity }) => integrity === 'corrupt' && !mayBeCorrupt(plan, name));
  return (
    corrupt && { kind: 'corrupt at the end', message: `${corrupt.name} has chunks that are not the original` }
  );
}

/**
 * What comes from a spec peer has no hash in the plain edition. In the hashed one swarm peers are told a hash only once
 * a swarm peer has claimed the chunk, since the others tell no size.
 */
function mayBeCorrupt({ tracker, peers }: Plan, name: string): boolean {
  const isHashed =
    tracker.edition === 'hashed' && peers.find((peer) => peer.name === name)!.protocol === 'spec';
  return !isHashed && peers.some(({ protocol }) => protocol === 'spec');
}
