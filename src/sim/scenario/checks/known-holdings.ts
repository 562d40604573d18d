/** Who holds what, also of groups that cannot be read as a whole: a mistake in their links says nothing of it. */
import type { Holder } from './check-content.ts';
import { defaultsSchema, groupSchema, type WrittenDefaults } from '../language/group-schema.ts';
import { isPlainMap, type PlainMap } from '../source/plain-data.ts';
import { resolveGroup } from '../resolve/resolve-groups.ts';
import type { PeerGroup, ScenarioContent } from '../language/scenario.ts';

interface Holdings {
  /** Groups in which no mistake was found. */
  readonly resolved: readonly PeerGroup[];
  readonly isResolved: (group: string) => boolean;
  readonly content: ScenarioContent;
}

/** @returns undefined when it is unknown of some group */
export function holdersIn(
  { defaults = {}, peers = {} }: PlainMap,
  { resolved, isResolved, content }: Holdings,
): readonly Holder[] | undefined {
  const general = holdsIn(defaults, defaultsSchema);
  if (!general.isKnown || !isPlainMap(peers)) return undefined;
  const unread = Object.entries(peers).filter(([name]) => !isResolved(name));
  const others = unread.map(([name, raw]): Holder | undefined => {
    const { holds = general.holds, isKnown } = holdsIn(raw, groupSchema);
    if (!isKnown || (isPlainMap(raw) && raw.combine !== undefined)) return undefined;
    return resolveGroup({ name, count: 1, labels: [], said: [{ holds }] }, content);
  });
  const holders = [...resolved, ...others].filter((holder) => holder !== undefined);
  return holders.length === 0 || others.includes(undefined) ? undefined : holders;
}

/** Defaults with a mistake elsewhere still say what is held. */
export function heldByDefault(defaults: unknown): WrittenDefaults {
  return { holds: holdsIn(defaults, defaultsSchema).holds };
}

/** A misspelt key may have been meant for `holds`: then nothing is known. */
function holdsIn(
  raw: unknown,
  { shape }: typeof defaultsSchema | typeof groupSchema,
): { readonly holds?: WrittenDefaults['holds']; readonly isKnown: boolean } {
  if (!isPlainMap(raw)) return { isKnown: false };
  const holds = shape.holds.safeParse(raw.holds);
  const isKnown = Object.hasOwn(raw, 'holds') || Object.keys(raw).every((key) => Object.hasOwn(shape, key));
  return holds.success ? { holds: holds.data, isKnown } : { isKnown: false };
}
