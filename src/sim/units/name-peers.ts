interface Run {
  readonly group: string;
  readonly first: number;
  last: number;
}

/** Every name, neighbours of one group together: `seeder, leechers/1-3, leechers/7`. */
export function namePeers(names: readonly string[]): string {
  const shown: (string | Run)[] = [];
  for (const name of names) {
    const [group, digits] = name.split('/') as [string, string?];
    const number = Number(digits);
    const last = shown.at(-1);
    if (digits === undefined) shown.push(name);
    else if (typeof last === 'object' && last.group === group && last.last === number - 1) last.last = number;
    else shown.push({ group, first: number, last: number });
  }
  return shown
    .map((part) => {
      if (typeof part === 'string') return part;
      const { group, first, last } = part;
      return first === last ? `${group}/${first}` : `${group}/${first}-${last}`;
    })
    .join(', ');
}
