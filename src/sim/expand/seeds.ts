/**
 * The seed of one repeat of a run. The first repeat has the scenario's own seed, so that a run without repeats is
 * the first of them, and each later one can be run alone with `--seed`.
 *
 * @param repeat from 1
 */
export function derivedSeed(seed: string, repeat: number): string {
  return repeat === 1 ? seed : `${seed}#${repeat}`;
}
