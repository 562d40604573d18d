/** Colours of what charts show, as variables of the style: they follow the switch between light and dark. */

/** More groups than colours: the last ones share one. */
const GROUP_COLOURS = 8;

/** The name that groups share that have no colour of their own. */
export const OTHERS = 'other groups';

export function hasOwnColour(group: number, groups: number): boolean {
  return groups <= GROUP_COLOURS || group < GROUP_COLOURS - 1;
}

/** @param group its position among `groups`; -1: of no group */
export function colourOf(group: number, groups: number): string {
  if (group < 0) return 'var(--accent)';
  return hasOwnColour(group, groups) ? `var(--c${group})` : 'var(--c8)';
}

export type Named = readonly (readonly [name: string, colour: string])[];

/** The name of the layer that has all peers, where nobody can tell their groups apart. */
export const ALL_PEERS = 'all peers';

/** Of a layer of goodput. */
export function layerColour(name: string, groups: readonly string[]): string {
  if (groups.includes(name)) return colourOf(groups.indexOf(name), groups.length);
  return name === ALL_PEERS ? 'var(--c0)' : 'var(--c8)';
}

/** What uplinks did, in the order of the layers. */
export const uplinkColours: Named = [
  ['sending chunks', 'var(--c2)'],
  ['a transfer under way, held up elsewhere', 'var(--c5)'],
  ['not asked, though somebody lacks what it has', 'var(--c4)'],
  ['nobody lacks what it has', 'var(--c3)'],
  ['a fault kept it from sending', 'var(--bad)'],
  ['nothing to offer yet', 'var(--c8)'],
];

/** Messages that reached the tracker. */
export const trackerColours: Named = [
  ['told of new chunks', 'var(--c0)'],
  ['asked for a chunk', 'var(--c1)'],
  ['other announces and requests', 'var(--c8)'],
];

/** What a peer was doing that was not complete. */
export const slowestColours: Named = [
  ['receiving as fast as its downlink allows', 'var(--c2)'],
  ['receiving', 'var(--c5)'],
  ['waiting: nobody present had what it lacked', 'var(--c1)'],
  ['waiting: all who had what it lacked were busy sending to others', 'var(--c4)'],
  ['waiting: some who had what it lacked were free, but did not send', 'var(--c3)'],
  ['waiting: a fault kept all who had what it lacked from sending to it', 'var(--bad)'],
  ['not in the swarm', 'var(--c8)'],
];
