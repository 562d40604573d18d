/** `swarm-lab fidelity`: docs/model.md. */
import { printable, printableData, printableJson } from '../core/printable.ts';
import { SwarmError } from '../core/errors.ts';
import { readEnvironment } from '../sim/environment.ts';
import { createEngines } from '../sim/engines/registry.ts';
import type { Design } from '../sim/experiment/design.ts';
import { boundOf } from '../sim/experiment/forecast.ts';
import { runExperiment } from '../sim/experiment/run-experiment.ts';
import { armOf, onBothEngines } from '../sim/fidelity/both-engines.ts';
import type { Fidelity } from '../sim/fidelity/fidelity.ts';
import { judgeFidelity, type ComparedArm } from '../sim/fidelity/judge-fidelity.ts';
import { engineNameOf } from '../sim/plan/plan.ts';
import { forecastAll, makeDesign, requireFit, requireReports, type RunComponents } from '../sim/pipeline.ts';
import { openExperiment, writeExperiment } from '../sim/report/experiment/write-experiment.ts';
import { renderFidelitySummary } from '../sim/report/fidelity/fidelity-markdown.ts';
import { renderFidelity } from '../sim/report/fidelity/fidelity-terminal.ts';
import { writeFidelity } from '../sim/report/fidelity/write-fidelity.ts';
import { readFidelityOptions, REPEATS, type FidelityOptions } from './fidelity/fidelity-options.ts';
import { say } from './output/program-output.ts';
import { columnsOf, wantsColours } from './output/terminal.ts';
import { exitCodeOfFidelity, exitCodes, worstOf } from './program/exit-codes.ts';
import { interruptSignal, runProgram, tellError } from './program/run-program.ts';
import { tellTogether } from './program/tell-together.ts';
import { runWithProgress } from './progress/run-with-progress.ts';
import { RunsLeft } from './progress/time-left.ts';

interface Components extends Pick<RunComponents, 'engines' | 'environment'> {
  readonly signal: AbortSignal;
  /** Over all scenarios. */
  readonly runsLeft: RunsLeft;
}

async function main(): Promise<number> {
  const options = readFidelityOptions(process.argv.slice(2), process.env);
  const engines = createEngines(
    { workerFile: new URL('./peer-worker.js', import.meta.url) },
    { trackerPort: 0 },
  );
  const designs = tellTogether(
    'fidelity',
    options.scenarios.map((file) => () => designOf(file, options)),
  );
  tellTogether(
    'fidelity',
    designs.map((design) => () => {
      // Of the other engine nothing is to be advised: both are asked for.
      const forecasts = forecastAll(onBothEngines(design), engines);
      requireFit(
        onBothEngines(design),
        forecasts.map((one) => ({ ...one, carriedBy: null })),
      );
    }),
  );
  requireReports(options.out);
  const runs = designs.reduce((sum, { plans }) => sum + 2 * plans.length, 0);
  const components: Components = {
    engines,
    environment: readEnvironment(),
    signal: interruptSignal(),
    runsLeft: new RunsLeft(runs, () => performance.now()),
  };
  return compareAll(designs, options, components);
}

function designOf(file: string, { set, seed, repeat }: FidelityOptions): Design {
  const repeats = file.endsWith('.json') ? repeat : (repeat ?? REPEATS);
  return makeDesign({
    file,
    sets: set,
    ...(seed === undefined ? {} : { seed }),
    ...(repeats === undefined ? {} : { repeat: repeats }),
  });
}

/** One after another. One that breaks down is told, and the next one begins. */
async function compareAll(
  designs: readonly Design[],
  options: FidelityOptions,
  components: Components,
): Promise<number> {
  const all: Fidelity[] = [];
  const codes: number[] = [];
  for (const design of designs) {
    if (components.signal.aborted) break;
    try {
      const { fidelity, failure } = await compare(design, options, components);
      all.push(fidelity);
      if (failure !== undefined) codes.push(tellError('fidelity', failure));
    } catch (error) {
      if (!(error instanceof SwarmError)) throw error;
      codes.push(tellError('fidelity', error));
    }
  }
  show(all, options, designs.length === 1);
  if (components.signal.aborted) return exitCodes.interrupted;
  return worstOf([
    exitCodeOfFidelity(all.flatMap(({ arms }) => arms.map(({ verdict }) => verdict))),
    ...codes,
  ]);
}

async function compare(
  design: Design,
  { out, quiet, json }: FidelityOptions,
  { engines, environment, signal, runsLeft }: Components,
): Promise<{ readonly fidelity: Fidelity; readonly failure: Error | undefined }> {
  const both = onBothEngines(design);
  const startedAt = new Date().toISOString();
  const { scenario, seed } = design;
  const parent = await openExperiment(out, { scenario: scenario.name, startedAt, seed, kind: 'fidelity' });
  const { experiment, failure } = await runExperiment(both, {
    environment,
    signal,
    startedAt,
    run: async (plan, name, position) => {
      runsLeft.begin();
      const run = await runWithProgress(plan, {
        engines,
        environment,
        signal,
        out,
        quiet: quiet || json,
        label: `${scenario.name} ${position + 1}/${both.plans.length} ${design.arms.length === 1 ? engineNameOf(plan) : armOf(plan)}`,
        place: { parent, name },
        afterwards: (leftMs) => runsLeft.say(leftMs),
      });
      runsLeft.end();
      return run;
    },
  });
  const fidelity = judgeFidelity(experiment, comparedArms(design));
  const warning = await writeExperiment(parent, experiment);
  await writeFidelity(parent, fidelity);
  if (warning !== null) say(`fidelity: ${warning}`);
  if (!quiet && !json) say(`${scenario.name}: report in ${parent}`);
  return { fidelity, failure };
}

function comparedArms({ arms, plans }: Design): ComparedArm[] {
  return arms.map((arm) => ({
    ...arm,
    isUnlimited: plans.filter((plan) => armOf(plan) === arm.name).every((plan) => boundOf(plan).ms === 0),
  }));
}

function show(all: readonly Fidelity[], options: FidelityOptions, isSingle: boolean): void {
  if (options.json) process.stdout.write(`${printableJson(isSingle ? (all[0] ?? null) : all)}\n`);
  else if (all.length === 0) return;
  else if (options.markdown) process.stdout.write(printable(renderFidelitySummary(all)));
  else if (!options.quiet || all.some(({ arms }) => arms.some(({ verdict }) => verdict === 'differs'))) {
    const terminal = { colours: wantsColours(process.stdout), columns: columnsOf(process.stdout) };
    process.stdout.write(renderFidelity(printableData(all), terminal));
  }
}

await runProgram('fidelity', main);
