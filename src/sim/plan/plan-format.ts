/** Values of a plan for people. */

export function formatMs(value: number): string {
  return value >= 1000 ? `${Number((value / 1000).toFixed(3))} s` : `${Number(value.toFixed(3))} ms`;
}

/** In bits, as links are sold. */
export function formatLinkRate(bytesPerSec: number | null): string {
  if (bytesPerSec === null) return 'unlimited';
  const bits = bytesPerSec * 8;
  const [factor, unit] = bits >= 1e9 ? [1e9, 'Gbit/s'] : bits >= 1e6 ? [1e6, 'Mbit/s'] : [1e3, 'kbit/s'];
  return `${Number((bits / factor).toFixed(2))} ${unit}`;
}

export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(4))}%`;
}

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
