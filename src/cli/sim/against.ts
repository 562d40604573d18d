/** What `--against` names: a saved run, whose plans are run again, or a git ref, whose program runs the same plans. */
import { ConfigError } from '../../core/errors.ts';
import type { EngineName, Plan } from '../../sim/plan/plan.ts';
import { takeTurns, type AgainstDesign } from '../../sim/experiment/against.ts';
import type { Design } from '../../sim/experiment/design.ts';
import { isSaved } from '../../sim/experiment/read-saved.ts';
import { savedPlans } from '../../sim/experiment/saved-plans.ts';
import { findGitRef, type GitRef } from '../../sim/other-program/checkout.ts';
import { makeDesign, onEngine, type RunRequest } from '../../sim/pipeline.ts';

/** Both sides of a scenario's runs. */
export interface Against extends AgainstDesign {
  /** Whose program runs the base; undefined: this one does. */
  readonly ref: GitRef | undefined;
}

const OWN = 'now';

/**
 * @param name a saved run or experiment, else a git ref
 * @throws {ConfigError} it is neither, or the scenario cannot be compared with it
 */
export function designAgainst(name: string, request: RunRequest): Against {
  if (isSaved(name)) return againstSaved(name, request);
  const ref = findGitRef(name);
  if (ref === undefined) {
    throw new ConfigError(
      `--against ${name}: there is neither a saved run nor a git ref of that name; give a folder of reports/, ` +
        'or a branch, tag or commit of the laboratory',
    );
  }
  const own = makeDesign(request);
  return { ...takeTurns(own, own.plans, { base: name, own: OWN }), ref };
}

/** The scenario is drawn with the seeds of the saved runs, so that run by run both meet the same chance. */
function againstSaved(name: string, request: RunRequest): Against {
  if (request.seed !== undefined || request.repeat !== undefined) {
    throw new ConfigError(
      `--against ${name} takes seeds and repeats from the saved runs; leave out --seed and --repeat`,
    );
  }
  const base = onSameEngine(savedPlans(name), request.engine);
  const designs = base.map(({ seed }) => makeDesign({ ...request, seed, repeat: 1 }));
  const [own] = designs;
  requireComparable(name, own!, base[0]!);
  const plans = designs.flatMap((design) => design.plans);
  const repeats = { least: plans.length, most: plans.length, until: null };
  const names = { base: 'saved', own: OWN };
  return { ...takeTurns({ ...own!, plans, repeats }, base, names), ref: undefined };
}

function requireComparable(name: string, own: Design, base: Plan): void {
  if (own.arms.length > 1) {
    throw new ConfigError(
      `${own.scenario.name} has ${own.arms.length} arms, but ${name} has one; add --set sweep=null --set baseline=null`,
    );
  }
  if (own.scenario.name !== base.scenario.name) {
    throw new ConfigError(
      `${name} is a run of ${base.scenario.name}, not of ${own.scenario.name}; compare runs of one scenario`,
    );
  }
}

function onSameEngine(plans: readonly Plan[], engine: EngineName | undefined): readonly Plan[] {
  return engine === undefined ? plans : plans.map((plan) => onEngine(plan, engine));
}
