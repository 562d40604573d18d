/** What programs have in common that run scenarios by name. */
import type { Command } from 'commander';
import { ConfigError } from '../../core/errors.ts';
import { whatThereIs } from '../../sim/scenario/load.ts';
import { findScenario } from '../../sim/shipped/shipped-files.ts';
import { seedText } from './values.ts';

export interface ScenarioArguments {
  /** Files of scenarios or saved plans, at least one; a name for which there is no file stands as it was given. */
  readonly scenarios: readonly string[];
  /** Instead of the scenario's. */
  readonly seed?: string;
  /** `path=value`, in order. */
  readonly set: readonly string[];
  readonly out: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** The scenarios, `--seed`, `--set`, `--out`, `--json` and `--quiet`. */
export function addScenarioArguments(command: Command): Command {
  return command
    .argument('[scenario...]', 'YAML files or short names, see scenarios/ and docs/scenario-reference.md')
    .option('--seed <text>', "seed of all random values (default: the scenario's own)", seedText)
    .option(
      '--set <path=value>',
      'override a key of the scenario, for example peers.leechers.count=50; may be repeated',
      (value: string, earlier: readonly string[]) => [...earlier, setting(value)],
      [] as readonly string[],
    )
    .option('--out <folder>', 'folder for reports', 'reports')
    .option('--json', 'print the result as JSON on stdout, and nothing else', false)
    .option('--quiet', 'print only what went wrong', false);
}

/** @throws {ConfigError} none is named */
export function scenariosOf(command: Command): readonly string[] {
  const scenarios = command.args.map((name) => findScenario(name) ?? name);
  if (scenarios.length === 0) throw new ConfigError(`<scenario> is missing; ${whatThereIs()}`);
  return scenarios;
}

/** The option behind it is taken for its value where that is missing. */
function setting(value: string): string {
  if (!/^--?[A-Za-z]/.test(value)) return value;
  throw new ConfigError(
    'the value of --set is missing; write --set path=value, for example --set peers.leechers.count=50',
  );
}
