/** Whether a run in virtual time is what it should be: a function of its plan and of the code alone. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../core/errors.ts';
import type { SwarmEvent } from '../core/events.ts';
import { ownPrefix, removeLeftBehind } from '../core/node/store/left-behind.ts';
import { onDisk } from '../core/node/store/store-errors.ts';
import type { Engine } from './engines/engine.ts';
import { LineReader } from '../core/node/store/line-reader.ts';
import type { EventFold } from './measure/event-fold.ts';
import { Measurement } from './measure/measure.ts';
import type { Plan } from './plan/plan.ts';
import { engineNameOf } from './plan/plan.ts';
import { EventFile } from './report/event-file.ts';
import { renderEventLine } from './report/json.ts';
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
 * @throws {StoreError} the events of the first run cannot be kept in a temporary file
 */
export async function checkDeterminism(plan: Plan, components: CheckComponents): Promise<DeterminismCheck> {
  if (engineNameOf(plan) !== 'virtual') {
    throw new ConfigError(
      `${plan.scenario.name} runs in real time, where no two runs are the same; add --engine virtual`,
    );
  }
  const folder = makeOwnFolder();
  const path = join(folder, 'events.jsonl');
  try {
    const written = new WrittenEvents(path);
    const first = await runWatched(plan, components, written);
    const compared = new ComparedEvents(path);
    const second = await runWatched(plan, components, compared);
    return {
      events: written.events,
      difference: compared.difference ?? valueDifference('result', withoutHost(first), withoutHost(second)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeOwnFolder(): string {
  const parent = tmpdir();
  removeLeftBehind(parent, 'swarm-lab');
  return onDisk('create a folder in', parent, () => mkdtempSync(join(parent, ownPrefix('swarm-lab'))));
}

interface EventTape extends EventFold {
  /** Aborted when it cannot go on. */
  readonly failed: AbortSignal;
  /** @throws {StoreError} the disk is full, say */
  close(): void;
}

async function runWatched(
  plan: Plan,
  { engine, environment, signal }: CheckComponents,
  tape: EventTape,
): Promise<RunResult> {
  const measurement = new Measurement(plan);
  try {
    const record = await engine.run(plan, {
      signal: AbortSignal.any([signal, tape.failed]),
      onEvent(event) {
        measurement.see(event);
        tape.see(event);
      },
    });
    signal.throwIfAborted();
    return measurement.result(record, environment);
  } finally {
    tape.close();
  }
}

/** The events of the first run go to a file: there may be more than fit into memory. */
class WrittenEvents implements EventTape {
  readonly failed: AbortSignal;
  events = 0;
  readonly #path: string;
  readonly #file: EventFile;

  constructor(path: string) {
    const failing = new AbortController();
    this.failed = failing.signal;
    this.#path = path;
    this.#file = onDisk('write', path, () => new EventFile(path, () => failing.abort()));
  }

  see(event: SwarmEvent): void {
    this.events++;
    this.#file.add(event);
  }

  close(): void {
    onDisk('write', this.#path, () => this.#file.close());
  }
}

/** Those of the second are compared with it as they happen. */
class ComparedEvents implements EventTape {
  readonly failed = new AbortController().signal;
  difference: Difference | undefined;
  readonly #lines: LineReader;
  #events = 0;

  constructor(path: string) {
    this.#lines = onDisk('read', path, () => new LineReader(path));
  }

  see(event: SwarmEvent): void {
    if (this.difference === undefined) this.#compare(renderEventLine(event).trimEnd());
  }

  close(): void {
    if (this.difference === undefined) this.#compare(undefined);
    this.#lines.close();
  }

  #compare(second: string | undefined): void {
    const first = this.#lines.next();
    this.#events++;
    if (first === second) return;
    this.difference = {
      where: `event ${this.#events}`,
      first: first ?? 'no event',
      second: second ?? 'no event',
    };
  }
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
