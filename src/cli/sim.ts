import { readEnvironment } from '../sim/environment.ts';
import { threadsEngine } from '../sim/engines/threads/threads-engine.ts';
import type { Design } from '../sim/experiment/design.ts';
import { makeDesign, requireFit, requireReports } from '../sim/pipeline.ts';
import { forecast } from '../sim/experiment/forecast.ts';
import { renderDesign } from '../sim/report/experiment/design.ts';
import { exitCodes, interruptSignal, runProgram } from './program.ts';
import { readSimOptions, type SimOptions } from './sim-options.ts';
import { runAlone, runSeveral, type SimComponents } from './sim-runs.ts';

async function main(): Promise<number> {
  const options = readSimOptions(process.argv.slice(2), process.env);
  const design = makeDesign({
    file: options.scenarios[0]!,
    sets: options.set,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.repeat === undefined ? {} : { repeat: options.repeat }),
  });
  requireFit(design.plans);
  if (options.plan) {
    process.stdout.write(options.json ? planJson(design) : renderDesign(design, forecast));
    return exitCodes.ok;
  }
  requireReports(options.out);
  const workerFile = new URL('./peer-worker.js', import.meta.url);
  const components: SimComponents = {
    engine: threadsEngine({ workerFile }, { trackerPort: options.trackerPort }),
    environment: readEnvironment(),
    signal: interruptSignal(),
  };
  return run(design, options, components);
}

function run(design: Design, options: SimOptions, components: SimComponents): Promise<number> {
  const [plan, second] = design.plans;
  return second === undefined
    ? runAlone(plan!, options, components)
    : runSeveral(design, options, components);
}

/** One plan as it is, of several a list. */
function planJson({ plans }: Design): string {
  return `${JSON.stringify(plans.length === 1 ? plans[0] : plans, null, 2)}\n`;
}

await runProgram('sim', main);
