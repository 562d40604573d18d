import { distance } from 'fastest-levenshtein';

/** The known word that was probably meant; `undefined` when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const folded = word.toLowerCase().replaceAll('-', '_');
  const ranked = known
    .map((candidate) => ({ candidate, steps: distance(folded, candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  if (best === undefined) return undefined;
  const { candidate, steps } = best;
  const stepsMax =
    candidate.length <= 3 ? candidate.length - 1 : Math.max(2, Math.floor(candidate.length / 3));
  return steps <= stepsMax ? candidate : undefined;
}

/** `did you mean "latency"?`, or what there is to choose from. */
export function suggestKnown(word: string, known: readonly string[], what = 'known'): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? 'remove it' : `${what}: ${known.join(', ')}`;
}
