/** Who is meant by a set of peers: the groups, regions, locations and profiles of a scenario with their peers. */
import { assertNever } from '../../../core/errors.ts';
import { TRACKER } from '../../faults/occurrence.ts';
import { nearest } from '../source/did-you-mean.ts';
import type { PeerSet, TextMistake } from './peer-sets.ts';

export interface PeerDirectory {
  /** In the order of the plan. */
  readonly peers: readonly string[];
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Regions, locations and profiles; a name may be several of them. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
}

/** What the directory must know of a group. */
export interface ListedGroup {
  readonly name: string;
  readonly count: number;
  readonly region: string | null;
  readonly labels: readonly string[];
}

/** `<group>/<number>`, numbers from 1; in a group of one just `<group>`. */
export function peerName(group: string, count: number, number: number): string {
  return count === 1 ? group : `${group}/${number}`;
}

export function peerDirectory(groups: readonly ListedGroup[]): PeerDirectory {
  const byGroup = new Map<string, readonly string[]>();
  const labels = new Map<string, string[]>();
  for (const { name, count, region, labels: own } of groups) {
    const peers = Array.from({ length: count }, (_, at) => peerName(name, count, at + 1));
    byGroup.set(name, peers);
    for (const label of new Set([...own, ...(region === null ? [] : [region])])) {
      const members = labels.get(label) ?? [];
      members.push(...peers);
      labels.set(label, members);
    }
  }
  return { peers: [...byGroup.values()].flat(), groups: byGroup, labels };
}

/** The names in the set, in the order of the plan, the tracker at the end. What is unknown is left out. */
export function selectPeers(set: PeerSet, directory: PeerDirectory): readonly string[] {
  const chosen = select(set, directory);
  return [...directory.peers, TRACKER].filter((name) => chosen.has(name));
}

function select(set: PeerSet, directory: PeerDirectory): ReadonlySet<string> {
  switch (set.kind) {
    case 'all':
      return new Set(directory.peers);
    case 'named':
      return new Set(
        set.name === TRACKER
          ? [TRACKER]
          : (directory.groups.get(set.name) ?? directory.labels.get(set.name) ?? []),
      );
    case 'numbered':
      return new Set(directory.groups.get(set.group)?.slice(set.first - 1, set.last));
    case 'union':
      return new Set([...select(set.left, directory), ...select(set.right, directory)]);
    case 'intersection':
    case 'difference': {
      const right = select(set.right, directory);
      const wanted = set.kind === 'intersection';
      return new Set([...select(set.left, directory)].filter((name) => right.has(name) === wanted));
    }
    default:
      return assertNever(set);
  }
}

/** The first name in the set that nobody has; `undefined` when all are known. */
export function unknownIn(
  set: PeerSet,
  directory: PeerDirectory,
  mayNameTracker: boolean,
): TextMistake | undefined {
  switch (set.kind) {
    case 'all':
      return undefined;
    case 'named':
      return unknownName(set.name, set.at, directory, mayNameTracker);
    case 'numbered': {
      const members = directory.groups.get(set.group);
      if (members === undefined)
        return (
          unknownName(set.group, set.at, directory, false) ?? {
            ok: false,
            at: set.at,
            message: `${set.group} is not a group, and its peers have no numbers of their own`,
            suggestion: `write ${set.group}, or a number of one of its groups`,
          }
        );
      if (set.last <= members.length) return undefined;
      const suggestion = members.length === 1 ? `write ${set.group}` : `numbers are 1 to ${members.length}`;
      return { ok: false, at: set.at, message: `there is no ${set.group}/${set.last}`, suggestion };
    }
    case 'union':
    case 'intersection':
    case 'difference':
      return (
        unknownIn(set.left, directory, mayNameTracker) ?? unknownIn(set.right, directory, mayNameTracker)
      );
    default:
      return assertNever(set);
  }
}

function unknownName(
  name: string,
  at: number,
  { groups, labels }: PeerDirectory,
  mayNameTracker: boolean,
): TextMistake | undefined {
  if (groups.has(name) || labels.has(name)) return undefined;
  const known = [...groups.keys(), ...labels.keys(), 'all'];
  if (name === TRACKER) {
    if (mayNameTracker) return undefined;
    const message = 'the tracker is not allowed here';
    return { ok: false, at, message, suggestion: `choose from ${known.join(', ')}` };
  }
  const message = `there is no group, region, location or profile "${name}"`;
  const joined = known.find((first) => known.some((second) => name === `${first}-${second}`));
  if (joined !== undefined) {
    const suggestion = `for a difference write spaces: ${joined} - ${name.slice(joined.length + 1)}`;
    return { ok: false, at, message, suggestion };
  }
  const near = nearest(name, known);
  const suggestion = near === undefined ? `known: ${known.join(', ')}` : `did you mean "${near}"?`;
  return { ok: false, at, message, suggestion };
}
