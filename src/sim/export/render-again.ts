/** The report of what was saved, as this program writes it. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSaved, type Saved } from '../experiment/read-saved.ts';
import { StoryFold } from '../page/data/story-fold.ts';
import { renderExperimentPage } from '../page/html/experiment-page.ts';
import { renderRunPage } from '../page/html/run-page.ts';
import { pageScript } from '../page/page-script.ts';
import { renderedExperiment } from '../report/experiment/write-experiment.ts';
import { renderedFiles } from '../report/write-report.ts';
import { readEvents } from './read-events.ts';
import { writeExport } from './write-files.ts';

type SavedRun = Extract<Saved, { readonly kind: 'run' }>;

/**
 * Writes everything that follows from result.json or experiment.json, and returns where. Of an experiment also the reports
 * of its runs, as far as they are there. The page of a run needs all of its events: where only some of them were recorded,
 * it stays as it is.
 *
 * @throws {ConfigError} a run of an experiment, or its events, cannot be read
 * @throws {StoreError} a file cannot be written
 */
export function renderAgain(saved: Saved, folder: string): string[] {
  const write = (files: Readonly<Record<string, string>>): string[] =>
    Object.entries(files).map(([name, content]) => writeExport(folder, { name, content }));
  if (saved.kind === 'run') return write({ ...renderedFiles(saved.result), ...pageOf(saved) });
  const page = renderExperimentPage(saved.experiment, pageScript('page'));
  const own = write({ ...renderedExperiment(saved.experiment), 'report.html': page });
  const parent = dirname(saved.file);
  const runs = saved.experiment.runs.flatMap(({ folder: name }) => {
    const run = readSaved(join(parent, name));
    return 'kind' in run ? renderAgain(run, join(folder, name)) : [];
  });
  return [...own, ...runs];
}

function pageOf({ file, result }: SavedRun): Readonly<Record<string, string>> {
  const { plan } = result;
  const events = join(dirname(file), 'events.jsonl');
  if ((plan.record?.events ?? 1) !== 1 || !existsSync(events)) return {};
  const story = new StoryFold(plan);
  for (const event of readEvents(events)) story.see(event);
  return { 'report.html': renderRunPage(story.story(result), pageScript('page')) };
}
