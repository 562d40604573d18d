import { assertNever } from '../core/errors.ts';
import type { RunResult } from '../sim/measure/result.ts';
import { readEnvironment } from '../sim/environment.ts';
import { threadsEngine } from '../sim/engines/threads/threads-engine.ts';
import { makePlans, requireReports, runPlan } from '../sim/pipeline.ts';
import type { FinishedRun, RunComponents } from '../sim/pipeline.ts';
import type { Plan } from '../sim/plan/plan.ts';
import { renderPlan } from '../sim/plan/render-plan.ts';
import { formatDuration, formatRate } from '../sim/report/format.ts';
import { renderRepeats } from '../sim/report/repeats.ts';
import { renderTerminal } from '../sim/report/terminal.ts';
import { exitCodes, interruptSignal, runProgram } from './program.ts';
import { progressView } from './progress.ts';
import { readSimOptions } from './sim-options.ts';
import type { SimOptions } from './sim-options.ts';

/** A swarm that is not ready by then: a person is told what is going on. */
const PATIENCE_MS = 1000;

async function main(): Promise<number> {
  const options = readSimOptions(process.argv.slice(2), process.env);
  const { scenario: file, set: sets, seed, repeat } = options;
  const plans = makePlans({ file, repeat, sets, ...(seed === undefined ? {} : { seed }) });
  if (options.plan) {
    process.stdout.write(options.json ? toJson(plans) : plans.map(renderPlan).join('\n'));
    return exitCodes.ok;
  }
  requireReports(options.out);
  const signal = interruptSignal();
  const workerFile = new URL('./peer-worker.js', import.meta.url);
  const engine = threadsEngine({ workerFile }, { trackerPort: options.trackerPort });
  const environment = readEnvironment();
  const runs: FinishedRun[] = [];
  for (const plan of plans) {
    if (signal.aborted) break;
    runs.push(
      await runWithProgress(plan, plans.length, runs.length, options, { engine, environment, signal }),
    );
    if (!options.json && !options.quiet) tell(runs.at(-1)!, plans.length);
  }
  const results = runs.map(({ result }) => result);
  if (options.json) process.stdout.write(toJson(results));
  else if (results.length > 1 && !options.quiet)
    process.stdout.write(`\n${renderRepeats(results, { colours: wantsColours() })}`);
  return signal.aborted ? exitCodes.interrupted : exitCodeOf(results);
}

async function runWithProgress(
  plan: Plan,
  repeats: number,
  done: number,
  options: SimOptions,
  components: Pick<RunComponents, 'engine' | 'environment'> & { readonly signal: AbortSignal },
): Promise<FinishedRun> {
  const { engine, environment, signal } = components;
  const label = repeats === 1 ? plan.scenario.name : `${plan.scenario.name} ${done + 1}/${repeats}`;
  const view = progressView(label, process.stderr, options.quiet || options.json);
  const patience = setTimeout(() => view.say('making the content and starting the threads'), PATIENCE_MS);
  try {
    return await runPlan(plan, options.out, {
      engine,
      environment,
      watcher: {
        signal,
        onReady: ({ trackerPort, setupMs }) => {
          clearTimeout(patience);
          const who = `tracker on 127.0.0.1:${trackerPort} and ${plan.peers.length} peers`;
          view.ready(`${who} ready in ${Math.round(setupMs)} ms, seed ${plan.seed}`);
        },
        onProgress: (progress) => view.update(progress),
      },
    });
  } finally {
    clearTimeout(patience);
    view.stop();
  }
}

function tell({ result, folder }: FinishedRun, repeats: number): void {
  const report = repeats === 1 ? renderTerminal(result, { colours: wantsColours() }) : `${summary(result)}\n`;
  process.stdout.write(`${report}${repeats === 1 ? '\n' : ''}  report: ${folder}\n`);
}

function wantsColours(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
}

/** A run among several, in a line. */
function summary({ verdict, swarm, seed }: RunResult): string {
  const { makespanMs, goodputBytesPerSec } = swarm;
  const figures = `makespan ${formatDuration(makespanMs)}, goodput ${formatRate(goodputBytesPerSec)}`;
  return `${verdict.outcome} with seed ${seed}: ${figures}`;
}

/** One of several as it is, of several a list. */
function toJson(values: readonly unknown[]): string {
  return `${JSON.stringify(values.length === 1 ? values[0] : values, null, 2)}\n`;
}

/** The worst of all runs decides. */
function exitCodeOf(results: readonly RunResult[]): number {
  const outcomes = results.map(({ verdict }) => verdict.outcome);
  const worst = outcomes.includes('fail')
    ? 'fail'
    : outcomes.includes('inconclusive')
      ? 'inconclusive'
      : 'pass';
  switch (worst) {
    case 'pass':
      return exitCodes.ok;
    case 'fail':
      return exitCodes.failed;
    case 'inconclusive':
      return exitCodes.inconclusive;
    default:
      return assertNever(worst);
  }
}

await runProgram('sim', main);
