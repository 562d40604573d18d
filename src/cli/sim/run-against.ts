/** Runs of a scenario beside those of a saved run or of another commit, and their comparison. */
import { printableData } from '../../core/printable.ts';
import type { Environment } from '../../sim/result/result.ts';
import { compareSides, onlySide, sideOf } from '../../sim/experiment/against.ts';
import { resultsOf } from '../../sim/experiment/compared-results.ts';
import { Checkout } from '../../sim/other-program/checkout.ts';
import { runElsewhere } from '../../sim/other-program/run-elsewhere.ts';
import { writeComparison } from '../../sim/report/experiment/write-comparison.ts';
import { renderComparisonPage } from '../../sim/page/html/comparison-page.ts';
import { pageScript } from '../../sim/page/page-script.ts';
import { renderComparison } from '../../sim/report/experiment/comparison-terminal.ts';
import type { RunnerRequest, SimComponents } from './runners.ts';
import type { Against } from './against.ts';
import type { SimOptions } from './sim-options.ts';
import { carryOut, endOf, tell, terminal, type ScenarioEnd } from './sim-runs.ts';

/** The runs of the scenario as it is now give the exit code. */
export async function runAgainst(
  against: Against,
  options: SimOptions,
  components: SimComponents,
): Promise<ScenarioEnd> {
  const { signal } = components;
  const checkout = against.ref === undefined ? undefined : Checkout.open(against.ref);
  try {
    let environment: Environment | undefined;
    const elsewhere: RunnerRequest['elsewhere'] = (plan, place) => {
      if (checkout === undefined || sideOf(against, plan) === 'own') return undefined;
      return runElsewhere(checkout, plan, place, signal).then((run) => {
        environment = run.result.environment;
        return run;
      });
    };
    const { experiment, failure, folder } = await carryOut(against.design, options, components, {
      elsewhere,
    });
    const sides = [against.names.base, against.names.own].map((name) => onlySide(experiment, name));
    // Of one side alone there is nothing to compare.
    if (failure !== undefined && sides.some(({ runs }) => runs.length === 0)) throw failure;
    const comparison = compareSides(
      against,
      experiment,
      environment === undefined ? {} : { base: environment },
    );
    const results = sides.flatMap((one, side) => resultsOf(folder, one, side));
    await writeComparison(folder, comparison, renderComparisonPage(comparison, results, pageScript('page')));
    tell(renderComparison(printableData(comparison), terminal()), folder, options);
    return {
      ...endOf(experiment, sides[1]!.verdict, folder, signal),
      data: comparison,
      ...(failure === undefined ? {} : { failure }),
    };
  } finally {
    checkout?.remove();
  }
}
