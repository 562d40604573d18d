/** In what two plans of one seed differ: each key with both values, the peers of a group together. */
import type { Plan, PlannedPeer } from '../plan/plan.ts';
import { exactDuration, exactRate } from '../units/exact-format.ts';

export interface PlanChange {
  /** `leechers.policy.picker`, `content.total_chunks`: as the plan has it. */
  readonly key: string;
  readonly before: string;
  readonly after: string;
}

/** Only for order, names and random values of its own. */
const OF_EACH_PEER: ReadonlySet<string> = new Set(['name', 'group', 'seed']);
/** Texts for readers, and whose run it is. */
const OF_NO_RUN: ReadonlySet<string> = new Set([
  'schemaVersion',
  'scenario',
  'variant',
  'notices',
  'peers',
  'seed',
]);

const ABSENT = 'none';

/** By key in order of the plan; a key that all groups changed alike stands once, as `peers.…`. */
export function planChanges(before: Plan, after: Plan): PlanChange[] {
  const ofRun = changesOf(rowsOf(before, OF_NO_RUN), rowsOf(after, OF_NO_RUN), '');
  const groups = new Map<string, PlanChange[]>();
  for (const group of new Set([...before.peers, ...after.peers].map((peer) => peer.group))) {
    groups.set(group, groupChanges(peersOf(before, group), peersOf(after, group)));
  }
  return [...ofRun, ...together(groups)];
}

/** `leechers.policy.picker: rarest-first → random`. */
export function describeChange({ key, before, after }: PlanChange): string {
  return `${key}: ${before} → ${after}`;
}

function peersOf({ peers }: Plan, group: string): PlannedPeer[] {
  return peers.filter((peer) => peer.group === group);
}

function groupChanges(before: readonly PlannedPeer[], after: readonly PlannedPeer[]): PlanChange[] {
  const count = { key: 'count', before: String(before.length), after: String(after.length) };
  const isOther = before.length !== after.length;
  if (before.length === 0 || after.length === 0) return [count];
  return [...(isOther ? [count] : []), ...changesOf(valuesOf(before), valuesOf(after), '')];
}

/** Of each key the values that the peers have: one, or how many different ones. */
function valuesOf(peers: readonly PlannedPeer[]): Map<string, string> {
  const all = new Map<string, Set<string>>();
  for (const peer of peers) {
    for (const [key, value] of rowsOf(peer, OF_EACH_PEER)) {
      const values = all.get(key);
      if (values === undefined) all.set(key, new Set([value]));
      else values.add(value);
    }
  }
  return new Map([...all].map(([key, values]) => [key, inOne([...values])]));
}

function inOne(values: readonly string[]): string {
  const SHOWN_MAX = 3;
  const shown = values.slice(0, SHOWN_MAX).join(', ');
  return values.length <= SHOWN_MAX ? shown : `${shown}, … (${values.length} values)`;
}

function changesOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  prefix: string,
): PlanChange[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) => {
    const [old, now] = [before.get(key) ?? ABSENT, after.get(key) ?? ABSENT];
    return old === now ? [] : [{ key: `${prefix}${key}`, before: old, after: now }];
  });
}

function together(groups: ReadonlyMap<string, readonly PlanChange[]>): PlanChange[] {
  const byText = new Map<string, { readonly change: PlanChange; readonly groups: string[] }>();
  for (const [group, changes] of groups) {
    for (const change of changes) {
      const text = describeChange(change);
      const known = byText.get(text);
      if (known === undefined) byText.set(text, { change, groups: [group] });
      else known.groups.push(group);
    }
  }
  return [...byText.values()].flatMap(({ change, groups: those }) => {
    const isAll = those.length === groups.size && those.length > 1;
    return (isAll ? ['peers'] : those).map((group) => ({ ...change, key: `${group}.${change.key}` }));
  });
}

/** The leaves of a value by their paths. */
function rowsOf(value: object, without: ReadonlySet<string>): Map<string, string> {
  const rows = new Map<string, string>();
  const add = (key: string, part: unknown): void => {
    if (typeof part === 'object' && part !== null) {
      for (const [name, inner] of Object.entries(part))
        add(Array.isArray(part) ? `${key}[${name}]` : `${key}.${name}`, inner);
    } else {
      const { name, text } = worded(key, part as string | number | boolean | null);
      rows.set(name, text);
    }
  };
  for (const [name, part] of Object.entries(value)) if (!without.has(name)) add(name, part);
  return rows;
}

/** As in a scenario: units stand in the value and not in the name, and words of a name are parted by underscores. */
function worded(
  key: string,
  value: string | number | boolean | null,
): { readonly name: string; readonly text: string } {
  const [, bare = key, unit] = /^(.*?)(BytesPerSec|Ms)?$/.exec(key)!;
  const name = bare.replaceAll(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`);
  if (unit === 'BytesPerSec') return { name, text: exactRate(value as number | null) };
  if (unit === 'Ms' && typeof value === 'number') return { name, text: exactDuration(value) };
  return { name, text: value === null ? ABSENT : String(value) };
}
