/** A thread that follows a run and makes its page while it goes on: that takes seconds for a large swarm on a busy machine. */
import { parentPort, workerData } from 'node:worker_threads';
import { Measurement } from '../measure/measure.ts';
import { StoryFold } from '../page/data/story-fold.ts';
import { renderRunPage } from '../page/html/run-page.ts';
import type { FromLiveWorker, LiveTask, ToLiveWorker } from './live-messages.ts';

const { plan, environment, script } = workerData as LiveTask;
const measurement = new Measurement(plan);
const story = new StoryFold(plan);

parentPort!.on('message', ({ events, record }: ToLiveWorker) => {
  for (const event of events) {
    measurement.see(event);
    story.see(event);
  }
  if (record === undefined) return;
  const beganMs = performance.now();
  const result = measurement.result(record, environment);
  const html = renderRunPage(story.story(result, { goesOn: true }), script);
  parentPort!.postMessage({ html, tookMs: performance.now() - beganMs } satisfies FromLiveWorker);
});
