/** Mistakes of sets of peers that only show when the peers are known. */
import type { Path } from '../source/yaml-source.ts';
import { selectPeers, unknownIn, type PeerDirectory } from '../expressions/peer-directory.ts';
import { whyEmpty, type PeerSet } from '../expressions/peer-sets.ts';
import type { Report } from '../source/variables.ts';

export interface SetContext {
  readonly directory: PeerDirectory;
  readonly report: Report;
}

/** @returns how many peers the set has; `undefined` when a mistake was reported */
export function checkSet(
  set: PeerSet,
  path: Path,
  offset: number,
  { directory, report }: SetContext,
  mayNameTracker = false,
): number | undefined {
  const unknown = unknownIn(set, directory, mayNameTracker);
  if (unknown !== undefined) {
    report(path, unknown.message, unknown.suggestion, { offset: offset + unknown.at });
    return undefined;
  }
  const size = selectPeers(set, directory).length;
  if (size === 0) report(path, 'the set is empty', whyEmpty(set));
  return size === 0 ? undefined : size;
}
