/** Whether a run in virtual time is what it should be: a function of its plan and of the code alone. */
import { ConfigError } from '../core/errors.ts';
import type { SwarmEvent } from '../core/events.ts';
import type { Engine } from './engines/engine.ts';
import { measure } from './measure/measure.ts';
import type { Plan } from './plan/plan.ts';
import { engineNameOf } from './plan/plan.ts';
import type { Environment, RunResult } from './result/result.ts';

/** The first place at which two runs of one plan are not the same. */
export interface Difference {
  /** `event 17` or a path within the result. */
  readonly where: string;
  readonly first: string;
  readonly second: string;
}

export interface DeterminismCheck {
  readonly events: number;
  /** null: both runs are the same to the byte. */
  readonly difference: Difference | null;
}

export interface CheckComponents {
  readonly engine: Engine;
  readonly environment: Environment;
  readonly signal: AbortSignal;
}

/**
 * Runs the plan twice and compares all events and the whole result, but for what is told of the host.
 *
 * @throws {ConfigError} the plan is for real time, in which no two runs are the same
 */
export async function checkDeterminism(
  plan: Plan,
  { engine, environment, signal }: CheckComponents,
): Promise<DeterminismCheck> {
  if (engineNameOf(plan) !== 'virtual') {
    throw new ConfigError(
      `${plan.scenario.name} runs in real time, in which no two runs are the same: add --engine virtual`,
    );
  }
  const [first, second] = [await engine.run(plan, { signal }), await engine.run(plan, { signal })];
  signal.throwIfAborted();
  const results = [first, second].map((record) => withoutHost(measure(plan, record, environment)));
  return {
    events: first.events.length,
    difference:
      eventDifference(first.events, second.events) ?? valueDifference('result', results[0], results[1]),
  };
}

/** Not what a result tells of the machine, and of when it was made. */
function withoutHost(result: RunResult): unknown {
  return {
    ...result,
    startedAt: null,
    setupMs: null,
    environment: null,
    trust: { ...result.trust, host: null },
  };
}

function eventDifference(
  first: readonly SwarmEvent[],
  second: readonly SwarmEvent[],
): Difference | undefined {
  for (let at = 0; at < Math.max(first.length, second.length); at++) {
    const [one, other] = [first[at], second[at]].map((event) =>
      event === undefined ? 'no event' : JSON.stringify(event),
    );
    if (one !== other) return { where: `event ${at + 1}`, first: one!, second: other! };
  }
  return undefined;
}

/** Depth first, in the order of the first one's keys. */
function valueDifference(where: string, first: unknown, second: unknown): Difference | null {
  const [one, other] = [textOf(first), textOf(second)];
  if (one === other) return null;
  if (isParent(first) && isParent(second)) {
    for (const key of new Set([...Object.keys(first), ...Object.keys(second)])) {
      const inner = valueDifference(`${where}.${key}`, first[key], second[key]);
      if (inner !== null) return inner;
    }
  }
  return { where, first: one, second: other };
}

function textOf(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function isParent(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
