const RANGES_SHOWN_MAX = 5;

/** Chunks for people: `chunk 3`, `chunks 1-4, 7`. At most five ranges. @param indices ascending */
export function nameChunks(indices: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const index of indices) {
    const last = ranges.at(-1);
    if (last?.[1] === index - 1) last[1] = index;
    else ranges.push([index, index]);
  }
  const named = ranges
    .slice(0, RANGES_SHOWN_MAX)
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`));
  const more = ranges.length > RANGES_SHOWN_MAX ? ', …' : '';
  return `${indices.length === 1 ? 'chunk' : 'chunks'} ${named.join(', ')}${more}`;
}
