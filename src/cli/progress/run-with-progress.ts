/** One run, with its progress on stderr. */
import { addressText } from '../../core/address.ts';
import { printable } from '../../core/printable.ts';
import { runPlan, type RunComponents } from '../../sim/pipeline.ts';
import type { LiveRun } from '../../sim/live/live-run.ts';
import type { Plan } from '../../sim/plan/plan.ts';
import type { RunPlace } from '../../sim/report/write-report.ts';
import type { FinishedRun } from '../../sim/run-and-report.ts';
import { formatDuration } from '../../sim/units/format.ts';
import { canRedraw } from '../output/terminal.ts';
import { FaultLines } from './fault-lines.ts';
import { progressView, type ProgressOptions } from './run-progress.ts';

/** A swarm that is not ready by then: a person is told what is going on. */
const PATIENCE_MS = 1000;

export interface WatchedRun extends Pick<RunComponents, 'engines' | 'environment'> {
  /** The folder of reports. */
  readonly out: string;
  readonly label: string;
  readonly quiet: boolean;
  readonly signal: AbortSignal;
  readonly place?: RunPlace;
  readonly afterwards?: ProgressOptions['afterwards'];
  readonly live?: Onlooker;
}

/** Looks on while a run goes on, and is told where its report is. */
export interface Onlooker {
  follow(plan: Plan, label: string): LiveRun['watcher'];
  finished(label: string, folder: string): void;
}

export async function runWithProgress(plan: Plan, watched: WatchedRun): Promise<FinishedRun> {
  const { engines, environment, out, label, quiet, signal, place, afterwards, live } = watched;
  const view = progressView(printable(label), process.stderr, {
    quiet,
    ...(afterwards === undefined ? {} : { afterwards }),
  });
  const patience = setTimeout(() => view.say('making the content and starting the threads'), PATIENCE_MS);
  const onlooker = live?.follow(plan, label);
  const faults = new FaultLines();
  const isTold = !quiet && plan.faults.length > 0 && canRedraw(process.stderr);
  const watcher: RunComponents['watcher'] = {
    ...onlooker,
    signal,
    // Only where somebody looks: to put events in order while the run goes on costs something.
    ...(isTold && {
      onLiveEvent(event) {
        onlooker?.onLiveEvent(event);
        const line = faults.lineOf(event);
        if (line !== null) view.happened(printable(line));
      },
    }),
    onReady: ({ tracker, setupMs }) => {
      clearTimeout(patience);
      const where = tracker === null ? 'in virtual time' : `on ${addressText(tracker)}`;
      const who = `tracker ${where} and ${plan.peers.length} peers`;
      view.ready(`${who} ready in ${formatDuration(setupMs)}, seed ${plan.seed}`);
    },
    onProgress(progress, peek) {
      view.update(progress);
      onlooker?.onProgress(progress, peek);
    },
  };
  try {
    const run = await runPlan(plan, out, { engines, environment, watcher }, place);
    live?.finished(label, run.folder);
    return run;
  } finally {
    clearTimeout(patience);
    view.stop();
  }
}
