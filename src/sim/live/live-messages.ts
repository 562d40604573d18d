import type { SwarmEvent } from '../../core/events.ts';
import type { RunRecord } from '../engines/engine.ts';
import type { Plan } from '../plan/plan.ts';
import type { Environment } from '../result/result.ts';

/** What the thread that makes the pages of a run is given. */
export interface LiveTask {
  readonly plan: Plan;
  readonly environment: Environment;
  /** The browser's code of the pages. */
  readonly script: string;
}

/** Events in order of time, and with a record, the order to make the page of the run so far. */
export interface ToLiveWorker {
  readonly events: readonly SwarmEvent[];
  readonly record?: RunRecord;
}

/** One for each record. */
export interface FromLiveWorker {
  readonly html: string;
  readonly tookMs: number;
}
