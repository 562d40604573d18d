import type { SwarmEvent } from '../core/events.ts';
import type { Engine, RunWatcher } from './engines/engine.ts';
import { Measurement } from './measure/measure.ts';
import { StoryFold } from './page/data/story-fold.ts';
import type { PageScript } from './page/html/frame.ts';
import { renderRunPage } from './page/html/run-page.ts';
import { pageScript } from './page/page-script.ts';
import type { Plan } from './plan/plan.ts';
import { ReportDraft, type RunPlace, type WrittenReport } from './report/write-report.ts';
import type { Environment, RunResult } from './result/result.ts';

/** With where its report is, and what the user should know of that. */
export interface FinishedRun extends WrittenReport {
  readonly result: RunResult;
}

export interface ReportRequest {
  /** Where reports go: to <scenario>/ in it, or to the run's place within an experiment. */
  readonly reports: string;
  readonly place: RunPlace | undefined;
  readonly environment: Environment;
}

/** What keeps the events of a run. */
export interface EventRecorder {
  /** Aborted when an event could not be kept: the run need not go on. */
  readonly failed: AbortSignal;
  see(event: SwarmEvent): void;
}

export interface MeasureRequest {
  readonly recorder: EventRecorder;
  readonly environment: Environment;
  /** Of the page. */
  readonly script: PageScript;
}

/**
 * Runs a plan and measures what happens as it happens.
 *
 * @returns what came out, and the page that shows it
 * @throws {EngineError} this machine cannot run it
 */
export async function runMeasured(
  engine: Engine,
  plan: Plan,
  watcher: RunWatcher,
  { recorder, environment, script }: MeasureRequest,
): Promise<{ readonly result: RunResult; readonly page: string }> {
  const measurement = new Measurement(plan);
  const story = new StoryFold(plan);
  const record = await engine.run(plan, {
    ...watcher,
    signal: AbortSignal.any([watcher.signal, recorder.failed]),
    onEvent(event) {
      measurement.see(event);
      recorder.see(event);
      story.see(event);
    },
  });
  const result = measurement.result(record, environment);
  return { result, page: renderRunPage(story.story(result), script) };
}

/**
 * Runs a plan and writes the report.
 *
 * @throws {EngineError} this machine cannot run it; then nothing is left of the report
 * @throws {StoreError} the report cannot be written
 */
export async function runAndReport(
  engine: Engine,
  plan: Plan,
  watcher: RunWatcher,
  { reports, place, environment }: ReportRequest,
): Promise<FinishedRun> {
  const report = await ReportDraft.begin(reports, plan, place);
  try {
    const { result, page } = await runMeasured(engine, plan, watcher, {
      recorder: report,
      environment,
      script: pageScript('page'),
    });
    return { result, ...(await report.finish(result, { 'report.html': page })) };
  } catch (error) {
    await report.discard();
    throw error;
  }
}
