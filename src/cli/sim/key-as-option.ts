import { ConfigError } from '../../core/errors.ts';
import { jsonSchemaOf, keysAt } from '../../sim/scenario/language/json-schema.ts';
import { scenarioSchema } from '../../sim/scenario/language/schema.ts';

/** What to tell of a mistake in the command line: of an unknown option that is a key of the scenario, how to set it. */
export function aboutKey(mistake: ConfigError, argv: readonly string[]): ConfigError {
  const word = /^unknown option --?([\w-]+)/.exec(mistake.message)?.[1] ?? '';
  const key = word.replaceAll('-', '_');
  if (!keysAt(jsonSchemaOf(scenarioSchema), []).includes(key)) return mistake;
  const at = argv.findIndex((argument) => argument.replace(/^-+/, '').replace(/=.*$/s, '') === word);
  const value = /=(.*)$/s.exec(argv[at] ?? '')?.[1] ?? argv[at + 1] ?? '';
  const example = value === '' || value.startsWith('-') ? '…' : value;
  return new ConfigError(
    `unknown option --${word}; ${key} is a key of the scenario: write --set ${key}=${example}`,
    { cause: mistake },
  );
}
