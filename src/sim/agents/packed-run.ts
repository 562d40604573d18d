/** A run as an agent does it: a plan comes packed, and its report goes packed. */
import { ConfigError, RemoteProtocolError, toPlainError, type PlainError } from '../../core/errors.ts';
import type { Engine, RunWatcher } from '../engines/engine.ts';
import { engineNameOf } from '../plan/plan.ts';
import { describeShortages } from '../plan/shortage.ts';
import { parsePlan } from '../saved-plan/parse-plan.ts';
import { unpacked } from './packed.ts';
import { runAndPack, type PackRequest } from './run-and-pack.ts';

export interface PackedPlan {
  readonly bytes: Uint8Array;
  /** Where it came from, for messages. */
  readonly origin: string;
}

export type PackedRun =
  | { readonly kind: 'packed'; readonly packed: Uint8Array }
  /** This machine is too small for the run, or its disk does not let it be done. */
  | { readonly kind: 'short'; readonly error: PlainError };

const PLAN_BYTES_MAX = 2 ** 30;

/** @throws {SwarmError} it is no plan of this engine, or could not be carried out */
export async function runPacked(
  engine: Engine,
  { bytes, origin }: PackedPlan,
  watcher: RunWatcher,
  request: PackRequest,
): Promise<PackedRun> {
  const plan = parsePlan(await textOf(bytes, origin), `the plan of ${origin}`);
  if (engineNameOf(plan) !== engine.name) {
    throw new RemoteProtocolError(`${origin}: this run came by the queue of another engine`);
  }
  const shortages = engine.check(plan);
  if (shortages.length > 0) {
    const error = new ConfigError(describeShortages(plan.scenario.name, shortages));
    return { kind: 'short', error: toPlainError(error) };
  }
  return { kind: 'packed', packed: await runAndPack(engine, plan, watcher, request) };
}

async function textOf(bytes: Uint8Array, origin: string): Promise<string> {
  try {
    return (await unpacked(bytes, PLAN_BYTES_MAX)).toString();
  } catch (cause) {
    throw new RemoteProtocolError(`${origin}: the plan came damaged: ${(cause as Error).message}`, { cause });
  }
}
