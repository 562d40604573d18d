/** A plan names every peer, so that one cause is a mistake at each of them: it is told once, and how often it is there. */

export interface AtPath {
  /** Dotted: `peers.3.policy.picker`. */
  readonly path: string;
  /** All that is told of it, but for its place. */
  readonly words: string;
}

/**
 * Those that differ only in the numbers of their paths, together.
 *
 * @returns groups in order of their first members, members in the given order; none is empty
 */
export function groupAlike<T>(items: readonly T[], of: (item: T) => AtPath): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const { path, words } = of(item);
    const key = JSON.stringify([withoutNumbers(path), words]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

function withoutNumbers(path: string): string {
  return path
    .split('.')
    .map((key) => (/^\d+$/.test(key) ? '*' : key))
    .join('.');
}

/** ` (12 times, the last at peers.13.policy.picker)`, and nothing for one. */
export function timesText(paths: readonly string[]): string {
  return paths.length < 2 ? '' : ` (${paths.length} times, the last at ${paths.at(-1)!})`;
}
