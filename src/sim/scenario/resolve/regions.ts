/** The table of regions: from the file or ready-made, for the places where there are peers. */
import type { PlannedRegions } from '../../plan/plan.ts';
import { regionPresets } from '../language/cloud-regions.ts';
import { suggestKnown } from '../source/did-you-mean.ts';
import type { WrittenRegions } from '../language/region-schema.ts';
import type { PeerGroup } from '../language/scenario.ts';
import type { Report } from '../source/variables.ts';

type Table = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Half a round trip. */
function presetTable(name: string): Table | undefined {
  const presets: Readonly<Record<string, { readonly roundTripMs: Table }>> = regionPresets;
  const preset = presets[name];
  if (preset === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(preset.roundTripMs).map(([from, row]) => [
      from,
      Object.fromEntries(Object.entries(row).map(([to, ms]) => [to, ms / 2])),
    ]),
  );
}

/**
 * The delays between the regions that groups have, in the order in which they first appear. What is missing is
 * reported.
 *
 * @returns null when no group has a region
 */
export function resolveRegions(
  written: WrittenRegions | undefined,
  groups: readonly Pick<PeerGroup, 'name' | 'region'>[],
  pathOf: (group: string) => readonly PropertyKey[],
  report: Report,
): PlannedRegions | null {
  const used = groups.filter((group) => group.region !== null);
  if (written === undefined) {
    for (const { name, region } of used) {
      const fix = 'add regions, for example regions: { preset: cloud }';
      report([...pathOf(name), 'region'], `there is no table of delays with "${region!}"`, fix);
    }
    return null;
  }
  const table = written.preset === undefined ? written.delays : presetTable(written.preset);
  if (table === undefined) return null;
  const known = [...new Set(Object.entries(table).flatMap(([from, row]) => [from, ...Object.keys(row)]))];
  if (used.length === 0) {
    report(['regions'], 'no group has a region', 'give groups a region, or remove regions', 'key');
    return null;
  }
  for (const { name, region } of used) {
    if (known.includes(region!)) continue;
    report(
      [...pathOf(name), 'region'],
      `there is no region "${region!}"`,
      suggestKnown(region!, known, 'regions'),
    );
  }
  const names = [...new Set(used.map(({ region }) => region!))].filter((name) => known.includes(name));
  const delayMs = names.map((from, row) =>
    names.map((to, column) => {
      const delay = table[from]?.[to] ?? table[to]?.[from] ?? (from === to ? 0 : undefined);
      if (delay === undefined && row < column) {
        const pair = [from, to].sort().join(' and ');
        report(['regions', 'delays'], `has no delay between ${pair}`, `add ${from}: { ${to}: … }`, 'key');
      }
      return delay ?? 0;
    }),
  );
  if (written.capacity === undefined) return { names, delayMs };
  reportStrangers(written.capacity, known, report);
  const { capacity } = written;
  const capacityBytesPerSec = names.map((from) =>
    names.map((to) => capacity[from]?.[to] ?? capacity[to]?.[from] ?? null),
  );
  return { names, delayMs, capacityBytesPerSec };
}

/** Regions that have a capacity but stand in no table of delays. */
function reportStrangers(capacity: Table, known: readonly string[], report: Report): void {
  for (const [from, row] of Object.entries(capacity)) {
    const stranger = [from, ...Object.keys(row)].find((name) => !known.includes(name));
    if (stranger === undefined) continue;
    const path = ['regions', 'capacity', from, ...(stranger === from ? [] : [stranger])];
    report(path, `there is no region "${stranger}"`, suggestKnown(stranger, known, 'regions'), 'key');
  }
}
