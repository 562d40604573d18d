import { SECOND_MS } from '../../core/units.ts';
import { drawScenario } from './draw-scenario.ts';
import { failureOf, type Failure, type FuzzAnswer, type FuzzTask } from './fuzz-worker.ts';

/** So often it is looked at whether a thread gets on. */
const LOOK_MS = 500;

/** The seed at which the thread came to a halt, and what is still to be done: what it had found before is lost. */
export interface Halt {
  readonly failure: Failure;
  readonly rest: readonly FuzzTask[];
}

/**
 * Runs a task in a thread of the pool. A run that never comes out of one event cannot be told to stop: when no run has
 * begun for `haltMs` of real time, the thread is ended, and the seed is told.
 */
export async function runWatched(
  pool: { run(task: FuzzTask, signal: AbortSignal): Promise<FuzzAnswer> },
  task: FuzzTask,
  haltMs: number,
): Promise<FuzzAnswer | Halt> {
  const progress = new Int32Array(new SharedArrayBuffer(8));
  const halted = new AbortController();
  let [runs, sinceMs] = [-1, performance.now()];
  const timer = setInterval(() => {
    const now = Atomics.load(progress, 1);
    if (now !== runs) [runs, sinceMs] = [now, performance.now()];
    else if (performance.now() - sinceMs > haltMs) halted.abort();
  }, LOOK_MS);
  try {
    return await pool.run({ ...task, progress }, halted.signal);
  } catch (error) {
    if (!halted.signal.aborted) throw error;
    return haltOf(task, Atomics.load(progress, 0), haltMs);
  } finally {
    clearInterval(timer);
  }
}

function haltOf(task: FuzzTask, seedsOver: number, haltMs: number): Halt {
  const seed = task.from + seedsOver;
  const message = `one event has taken more than ${haltMs / SECOND_MS} s, or does not end`;
  const problem = { kind: 'does not come out of an event', message };
  return {
    failure: failureOf(seed, { problem, scenario: drawScenario(seed), tries: 0, build: task.build }),
    rest: [
      { ...task, count: seedsOver },
      { ...task, from: seed + 1, count: task.count - seedsOver - 1 },
    ].filter(({ count }) => count > 0),
  };
}
