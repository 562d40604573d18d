/** `npm run tracker`: a tracker of its own. */
import { TrackerNode } from '../core/node/programs/tracker-node.ts';
import type { SwarmEvent } from '../core/events.ts';
import { nodeFailure } from './program/node-failure.ts';
import { exitCodes } from './program/exit-codes.ts';
import { interruptSignal, runProgram } from './program/run-program.ts';
import { print, say } from './output/program-output.ts';
import { TrackerLines } from './tracker/tracker-lines.ts';
import { readTrackerOptions, type TrackerSettings } from './tracker/tracker-options.ts';

await runProgram('tracker', () => runTracker(readTrackerOptions(process.argv.slice(2), process.env)));

/** Resolves with the exit code once the tracker has been stopped. */
async function runTracker(settings: TrackerSettings): Promise<number> {
  let heard: (event: SwarmEvent) => void = () => undefined;
  const lines = new TrackerLines(settings.verbosity);
  const node = new TrackerNode(
    {
      bind: settings.bind,
      logFile: settings.logFile,
      onLogFailure: ({ message }) => say(`tracker: ${message}`),
      tracker: { port: settings.port, edition: settings.edition, agreement: settings.agreement },
    },
    {
      emit: (event) => {
        const line = lines.follow(event);
        if (line !== undefined) print(line);
        heard(event);
      },
    },
  );
  try {
    await new Promise<void>((resolve, reject) => {
      heard = (event) => {
        if (event.type === 'node-failed') reject(nodeFailure(event));
      };
      interruptSignal().addEventListener('abort', () => resolve());
      node.start();
    });
  } finally {
    await node.close();
  }
  return exitCodes.ok;
}
