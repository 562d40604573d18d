import { ConfigError } from '../../core/errors.ts';

/**
 * The results of all tasks.
 *
 * @param program whose name stands before each mistake
 * @throws {ConfigError} with the mistakes of all
 */
export function tellTogether<T>(program: string, tasks: readonly (() => T)[]): T[] {
  const mistakes: ConfigError[] = [];
  const results = tasks.flatMap((task) => {
    try {
      return [task()];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      mistakes.push(error);
      return [];
    }
  });
  if (mistakes.length === 1) throw mistakes[0]!;
  if (mistakes.length > 1) {
    throw new ConfigError(mistakes.map(({ message }) => message).join(`\n${program}: `));
  }
  return results;
}
