/** JSON that is no plan, given where a plan is asked for: a list of its mistakes would help nobody. */
import { ConfigError } from '../../core/errors.ts';
import { isPlainMap, type PlainMap } from '../scenario/source/plain-data.ts';

/**
 * @param data undefined: no JSON, of which nothing is said
 * @throws {ConfigError} in one line, what it is instead and where plans are
 */
export function requirePlan(data: unknown, file: string): void {
  if (data === undefined || (isPlainMap(data) && isNearPlan(data))) return;
  throw new ConfigError(`${file}: ${whatItIs(data)}`);
}

/** However damaged; a result has a list of peers, too, but its content is within its plan. */
function isNearPlan({ peers, content }: PlainMap): boolean {
  return Array.isArray(peers) && isPlainMap(content);
}

function whatItIs(data: unknown): string {
  if (Array.isArray(data) && data.some((item) => isPlainMap(item) && isNearPlan(item)))
    return `this is a list of ${data.length} plans; give a file with one of them`;
  if (isPlainMap(data)) {
    if (data.kind === 'experiment')
      return 'this is an experiment; the plan of each run is plan.json in the folder of the run';
    if (isPlainMap(data.plan)) return 'this is the result of a run; its plan is plan.json beside it';
    if (isPlainMap(data.peers) || isPlainMap(data.content))
      return 'this is not a plan; give a scenario, even one in JSON, a name that ends in .yaml';
  }
  return 'this is not a plan: it has no peers and no content; --plan --json writes one, and each run keeps one as plan.json';
}
