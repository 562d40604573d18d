/** How many peers each group has: by count, by share of the whole, by its trace, or by what it is combined from. */
import type { Path } from '../source/yaml-source.ts';
import type { WrittenGroup } from '../language/group-schema.ts';
import type { Report } from '../source/variables.ts';

/** Peers of the group, all its combinations together; `undefined` for a share. */
function ownSize({ count, share, combine, arrival }: WrittenGroup): number | undefined {
  if (share !== undefined) return undefined;
  if (combine !== undefined) {
    const { locations, profiles, per_combination: each } = combine;
    return Object.keys(locations).length * Object.keys(profiles).length * each;
  }
  return count ?? Math.max(1, arrival?.trace?.length ?? 1);
}

type Sizes = ReadonlyMap<string, number>;

/**
 * Shares are of `peersTotal`: each gets the whole peers of its share, and what then is left of the total goes one by one
 * to those whose share lost most by rounding down. Groups that do not make the total are reported.
 */
export function sizesOf(
  groups: ReadonlyMap<string, WrittenGroup>,
  peersTotal: number | undefined,
  report: Report,
): Sizes {
  const sizes = new Map([...groups].map(([name, group]) => [name, ownSize(group) ?? 1] as const));
  const byShare = [...groups].filter(([, { share }]) => share !== undefined);
  if (peersTotal === undefined) {
    for (const [name] of byShare)
      report(
        ['peers', name, 'share'],
        'is a share, but there is no peers_total',
        'add peers_total, or use count',
      );
    return sizes;
  }
  const counted = [...groups].reduce((sum, [, group]) => sum + (ownSize(group) ?? 0), 0);
  const shares = byShare.flatMap(([name, { share }]) =>
    share === undefined || share === null ? [] : [{ name, exact: share * peersTotal }],
  );
  const rests = byShare.filter(([, { share }]) => share === null).map(([name]) => name);
  const left = peersTotal - counted;
  const asked = shares.reduce((sum, { exact }) => sum + exact, 0);
  if (rests.length > 1) {
    report(
      ['peers', rests[1]!, 'share'],
      `rest is also the share of ${rests[0]!}`,
      'give one of them a share',
    );
    return sizes;
  }
  const fill = rests.length === 0 && Math.abs(asked - left) < 1 ? left : Math.round(asked);
  for (const [name, size] of rounded(shares, fill)) sizes.set(name, size);
  const total = counted + fill;
  if (rests[0] !== undefined) sizes.set(rests[0], peersTotal - total);
  for (const [name] of byShare) {
    if (sizes.get(name)! >= 1) continue;
    const at: Path = ['peers', name, 'share'];
    report(
      at,
      `leaves no peer of the ${peersTotal} for this group`,
      'raise peers_total, or change the shares',
    );
  }
  if (rests.length === 0 && total !== peersTotal) {
    const message = `is ${peersTotal}, but the groups make ${total}`;
    report(
      ['peers_total'],
      message,
      byShare.length > 0 ? 'give one group share: rest' : 'remove it, or change a count',
    );
  }
  return sizes;
}

/** The largest remainders: whole numbers near the exact ones that add up to `total`. */
function rounded(
  shares: readonly { readonly name: string; readonly exact: number }[],
  total: number,
): [name: string, size: number][] {
  // 0.3 of 10 is 3, whatever binary fractions say.
  const whole = shares.map(({ exact }) => Math.floor(exact + 1e-9));
  const missing = total - whole.reduce((sum, size) => sum + size, 0);
  const byLoss = shares
    .map(({ exact }, at) => ({ at, loss: exact - whole[at]! }))
    .sort((a, b) => b.loss - a.loss || a.at - b.at);
  for (const { at } of byLoss.slice(0, Math.max(0, missing))) whole[at]!++;
  return shares.map(({ name }, at) => [name, whole[at]!]);
}
