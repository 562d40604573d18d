import { distance } from 'fastest-levenshtein';

/** How many names a message lists at most. */
const LISTED_MAX = 6;

/** The known word that was probably meant; `undefined` when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const best = ranked(word, known)[0];
  if (best === undefined) return undefined;
  const { candidate, steps } = best;
  const stepsMax =
    candidate.length <= 3 ? candidate.length - 1 : Math.max(2, Math.floor(candidate.length / 3));
  return steps <= stepsMax ? candidate : undefined;
}

/** `did you mean "latency"?`, or the names to choose from; of many, the six nearest and how many more there are. */
export function suggestKnown(word: string, known: readonly string[], what = 'known'): string {
  const near = nearest(word, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  if (known.length === 0) return 'remove it';
  if (known.length <= LISTED_MAX) return `${what}: ${known.join(', ')}`;
  const listed = ranked(word, known)
    .slice(0, LISTED_MAX)
    .map(({ candidate }) => candidate);
  return `${what}: ${listed.join(', ')} … and ${known.length - LISTED_MAX} more`;
}

/** The nearest first; equally near ones in the order given. */
function ranked(word: string, known: readonly string[]) {
  const folded = word.toLowerCase().replaceAll('-', '_');
  return known
    .map((candidate) => ({ candidate, steps: distance(folded, candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
}
