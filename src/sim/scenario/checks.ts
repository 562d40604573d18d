/** What a schema cannot say: mistakes that only show when several keys are seen together. */
import { SwarmError } from '../../core/errors.ts';
import { nameChunks } from '../plan/name-chunks.ts';
import type { Path, SourceDocument } from './document.ts';
import type { FolderReader } from './folders.ts';
import { CHUNKS_MAX, PEERS_MAX, type WrittenGroup } from './group-schema.ts';
import { suggestKnown } from './nearest.ts';
import type { Problem } from './problems.ts';
import { folderPosition, resolveGenerated, resolveTracker } from './resolve.ts';
import type { Arrival, ChunkFolder, PeerGroup, Scenario, ScenarioContent } from './scenario.ts';
import type { WrittenContent, WrittenScenario } from './schema.ts';

export type Report = (path: Path, message: string, suggestion?: string, at?: 'key' | 'value') => void;

export function reporter(document: SourceDocument, problems: Problem[]): Report {
  return (path, message, suggestion, at = 'value') =>
    problems.push(document.problemAt(path, at, message, suggestion));
}

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
  const message = `peers would be forgotten after ${silenceLimitMs} ms, before they announce again after ${announceIntervalMs} ms`;
  report(['tracker', key], message, 'make silence_limit at least twice announce_interval');
}

/** One group by itself. */
export function checkGroup(
  name: string,
  written: WrittenGroup,
  group: PeerGroup,
  content: ScenarioContent,
  timeLimitMs: number,
  report: Report,
): void {
  const at = ['peers', name];
  checkHolds([...at, 'holds'], written.holds, content, report);
  checkSession(at, group, report);
  const joinMs = earliestJoinMs(group.arrival);
  if (joinMs >= timeLimitMs) {
    report(
      [...at, 'arrival'],
      `would join after the end of the run at ${timeLimitMs} ms`,
      'raise time_limit or join earlier',
    );
  }
  if (group.protocol === 'spec') checkSpecPolicy([...at, 'policy'], written.policy, report);
}

export function checkHolds(
  at: Path,
  holds: WrittenGroup['holds'],
  content: ScenarioContent,
  report: Report,
): void {
  if (holds?.kind === 'chunks') {
    const outside = holds.ranges.find(([, last]) => last > content.totalChunks);
    if (outside === undefined) return;
    report(at, `there is no chunk ${outside[1]}`, `chunks are numbered 1 to ${content.totalChunks}`);
  }
  if (holds?.kind === 'folder' && folderPosition(holds.folder, content) < 0) {
    const path = [...at, 'folder'];
    if (content.kind !== 'folders') {
      report(path, 'the content is generated and has no folders', 'write holds: all, or chunk numbers');
    } else if (typeof holds.folder === 'number') {
      report(
        path,
        `there is no folder ${holds.folder}`,
        `folders are numbered 1 to ${content.folders.length}`,
      );
    } else {
      const known = content.folders.map((folder) => folder.path);
      report(path, `"${holds.folder}" is not in content.folders`, suggestKnown(holds.folder, known));
    }
  }
}

function earliestJoinMs(arrival: Arrival): number {
  switch (arrival.kind) {
    case 'uniform':
      return arrival.fromMs;
    case 'trace':
      return Math.min(...arrival.rows.map((row) => row.joinMs));
    case 'spaced':
    case 'poisson':
      return arrival.startMs;
  }
}

function checkSession(at: Path, { leave, comeBack, arrival }: PeerGroup, report: Report): void {
  const path = [...at, 'session'];
  if (comeBack !== null && leave === null) {
    report([...path, 'return'], 'the peer never leaves', 'add session.leave, or remove return', 'key');
  }
  if (comeBack !== null && leave?.from === 'completion') {
    const fix = 'use from: join or from: start, or remove return';
    report([...path, 'return'], 'the time of a return cannot depend on the completion', fix, 'key');
  }
  const joinMs = earliestJoinMs(arrival);
  if (leave?.from === 'start' && leave.afterMs.kind === 'constant' && leave.afterMs.value < joinMs) {
    report(
      [...path, 'leave'],
      `would leave at ${leave.afterMs.value} ms, before it joins at ${joinMs} ms`,
      'use from: join',
      'key',
    );
  }
}

/** The classic text asks for chunks in turn, one connection for each, and has no choking. */
function checkSpecPolicy(at: Path, policy: WrittenGroup['policy'], report: Report): void {
  for (const key of Object.keys(policy ?? {})) {
    report([...at, key], 'has no meaning by the spec protocol', 'remove it, or use protocol: swarm', 'key');
  }
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

/** The swarm as a whole. */
export function checkSwarm(scenario: Scenario, report: Report): void {
  const peers = scenario.groups.reduce((sum, group) => sum + group.count, 0);
  if (peers > PEERS_MAX) report(['peers'], `${peers} peers in all`, `allowed: up to ${PEERS_MAX}`, 'key');
  // Drawn holdings are counted by `expand`, which knows them.
  if (scenario.groups.some((group) => group.holds.kind === 'drawn')) return;
  const holders = countHolders(scenario);
  const none = indicesWhere(holders, (count) => count === 0);
  if (none.length > 0) {
    report(
      ['peers'],
      `nobody holds ${nameChunks(none)} at the start`,
      'let a group hold all, or the missing chunks',
      'key',
    );
    return;
  }
  const few = indicesWhere(holders, (count) => count < scenario.tracker.agreement);
  if (few.length === 0) return;
  const message = `${nameChunks(few)} can never spread: fewer than ${scenario.tracker.agreement} peers hold them, and so many must agree`;
  report(['tracker', 'agreement'], message, 'lower agreement, or let more peers hold these chunks');
}

function countHolders({ content, groups }: Scenario): number[] {
  const holders = new Array<number>(content.totalChunks).fill(0);
  for (const { holds, count } of groups) {
    for (const index of heldIndices(holds, content)) holders[index - 1]! += count;
  }
  return holders;
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
