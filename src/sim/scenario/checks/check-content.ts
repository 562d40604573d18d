/** Mistakes that a schema cannot see: of the content, the tracker, and the swarm as a whole. */
import { SwarmError } from '../../../core/errors.ts';
import { exactDuration } from '../../units/exact-format.ts';
import { nameChunks } from '../../units/name-chunks.ts';
import type { FolderReader } from '../resolve/chunk-folder.ts';
import { checkSpecPolicy } from './check-groups.ts';
import type { WrittenGroup } from '../language/group-schema.ts';
import { CHUNKS_MAX } from '../language/limits.ts';
import { resolveGenerated, resolveTracker } from '../resolve/content-and-tracker.ts';
import type { ChunkFolder, PeerGroup, ScenarioContent } from '../language/scenario.ts';
import type { WrittenContent, WrittenScenario } from '../language/schema.ts';
import type { Report } from '../source/variables.ts';

/** Reads the folders, or counts the chunks of generated content. `undefined` when a mistake was reported. */
export function checkContent(
  written: WrittenContent,
  readFolder: FolderReader,
  report: Report,
): ScenarioContent | undefined {
  const generated = resolveGenerated(written);
  if (generated !== undefined) {
    if (generated.totalChunks <= CHUNKS_MAX) return generated;
    const message = `would make ${generated.totalChunks} chunks, more than ${CHUNKS_MAX}`;
    report(['content', 'generate', 'chunk_size'], message, 'use larger chunks');
    return undefined;
  }
  const folders = new Map<number, ChunkFolder>();
  for (const [index, path] of (written.folders ?? []).entries()) {
    try {
      folders.set(index, readFolder(path));
    } catch (error) {
      if (!(error instanceof SwarmError)) throw error;
      report(['content', 'folders', index], error.message);
    }
  }
  const fit = checkFolders(folders, report);
  return folders.size === written.folders?.length ? fit : undefined;
}

/** The folders, by their position in the list, must be parts of one file. */
function checkFolders(
  folders: ReadonlyMap<number, ChunkFolder>,
  report: Report,
): ScenarioContent | undefined {
  const [first] = folders.values();
  if (first === undefined) return undefined;
  const totalChunks = first.totalChunks;
  const sizes = new Map<number, number>();
  const disagreeing = new Set<number>();
  const disagree = (index: number, message: string): void => {
    disagreeing.add(index);
    report(['content', 'folders', index], message, 'use folders of one file');
  };
  for (const [index, folder] of folders) {
    if (folder.totalChunks !== totalChunks) {
      disagree(index, `has ${folder.totalChunks} chunks in all, but ${first.path} has ${totalChunks}`);
      continue;
    }
    const clash = [...folder.chunks].find(([chunk, bytes]) => (sizes.get(chunk) ?? bytes) !== bytes);
    if (clash !== undefined) {
      disagree(
        index,
        `chunk ${clash[0]} has ${clash[1]} bytes here and ${sizes.get(clash[0])!} in another folder`,
      );
    }
    for (const [chunk, bytes] of folder.chunks) if (!sizes.has(chunk)) sizes.set(chunk, bytes);
  }
  if (disagreeing.size > 0) return undefined;
  const chunkBytes = Array.from({ length: totalChunks }, (_, index) => sizes.get(index + 1) ?? 0);
  return { kind: 'folders', folders: [...folders.values()], totalChunks, chunkBytes };
}

export function checkTracker(written: WrittenScenario['tracker'], report: Report): void {
  const { announceIntervalMs, silenceLimitMs } = resolveTracker(written);
  if (silenceLimitMs > announceIntervalMs) return;
  const key = written?.silence_limit === undefined ? 'announce_interval' : 'silence_limit';
  const message = `peers would be forgotten after ${exactDuration(silenceLimitMs)}, before they announce again after ${exactDuration(announceIntervalMs)}`;
  report(['tracker', key], message, 'make silence_limit at least twice announce_interval');
}

/** A policy for all, when nobody can have one. */
export function checkDefaultPolicy(
  policy: WrittenGroup['policy'],
  groups: readonly PeerGroup[],
  report: Report,
): void {
  if (groups.every((group) => group.protocol === 'spec'))
    checkSpecPolicy(['defaults', 'policy'], policy, report);
}

export type Holder = Pick<PeerGroup, 'holds' | 'count'>;

export interface SwarmHoldings {
  readonly content: ScenarioContent;
  readonly holders: readonly Holder[];
  /** `undefined` when it, or how many peers there are, has a mistake. */
  readonly agreement: number | undefined;
}

/** The swarm as a whole. */
export function checkSwarm(swarm: SwarmHoldings, report: Report): void {
  // Drawn holdings are counted by `expand`, which knows them; a folder that is not there is told already.
  if (
    swarm.holders.some(({ holds }) => holds.kind === 'drawn' || (holds.kind === 'folder' && holds.folder < 0))
  )
    return;
  const { agreement = 1 } = swarm;
  const holders = countHolders(swarm);
  const none = indicesWhere(holders, (count) => count === 0);
  if (none.length > 0) {
    report(
      ['peers'],
      `no peer holds ${nameChunks(none)} at the start`,
      'let a group hold all, or the missing chunks',
      'key',
    );
    return;
  }
  const few = indicesWhere(holders, (count) => count < agreement);
  if (few.length === 0) return;
  const message = `${nameChunks(few)} can never spread: ${agreement} holders must agree, and fewer peers hold them`;
  report(['tracker', 'agreement'], message, 'lower agreement, or let more peers hold these chunks');
}

function countHolders({ content, holders }: SwarmHoldings): number[] {
  const counts = new Array<number>(content.totalChunks).fill(0);
  for (const { holds, count } of holders) {
    for (const index of heldIndices(holds, content)) counts[index - 1]! += count;
  }
  return counts;
}

function* heldIndices(holds: PeerGroup['holds'], content: ScenarioContent): Iterable<number> {
  if (holds.kind === 'all') for (let index = 1; index <= content.totalChunks; index++) yield index;
  if (holds.kind === 'chunks') yield* holds.indices;
  if (holds.kind === 'folder' && content.kind === 'folders')
    yield* content.folders[holds.folder]!.chunks.keys();
}

function indicesWhere(counts: readonly number[], test: (count: number) => boolean): number[] {
  return counts.flatMap((count, index) => (test(count) ? [index + 1] : []));
}
