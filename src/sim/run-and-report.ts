import type { Engine, RunWatcher } from './engines/engine.ts';
import { Measurement } from './measure/measure.ts';
import { StoryFold } from './page/data/story-fold.ts';
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

/**
 * Runs a plan, measures what happens as it happens, and writes the report.
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
  const measurement = new Measurement(plan);
  const story = new StoryFold(plan);
  const report = await ReportDraft.begin(reports, plan, place);
  try {
    const record = await engine.run(plan, {
      ...watcher,
      // A run of which the report cannot be written need not go on.
      signal: AbortSignal.any([watcher.signal, report.failed]),
      onEvent(event) {
        measurement.see(event);
        report.see(event);
        story.see(event);
      },
    });
    const result = measurement.result(record, environment);
    const page = renderRunPage(story.story(result), pageScript('page'));
    return { result, ...(await report.finish(result, { 'report.html': page })) };
  } catch (error) {
    await report.discard();
    throw error;
  }
}
