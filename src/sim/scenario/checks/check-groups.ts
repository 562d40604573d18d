/** Mistakes of groups that only show when several keys are seen together. */
import { exactDuration } from '../../units/exact-format.ts';
import { checkReturn } from './check-late.ts';
import type { WrittenCombination, WrittenDefaults, WrittenGroup } from '../language/group-schema.ts';
import type { Path } from '../source/yaml-source.ts';
import type { WrittenLink } from '../language/link-schema.ts';
import { suggestKnown } from '../source/did-you-mean.ts';
import type { ListedGroup } from '../expressions/peer-directory.ts';
import { isPlainMap } from '../source/plain-data.ts';
import { earliestJoinMs } from '../resolve/earliest-join.ts';
import { folderPosition } from '../resolve/resolve-groups.ts';
import type { PeerGroup, ScenarioContent } from '../language/scenario.ts';
import type { Report } from '../source/variables.ts';

/** A plan repeats them for each peer. */
const JITTER_SAMPLES_MAX = 1000;

export interface GroupContext {
  /** undefined: has a mistake of its own. */
  readonly content: ScenarioContent | undefined;
  readonly timeLimitMs: number;
  readonly report: Report;
}

/** One group by itself; of a combination, one of its groups. */
export function checkGroup(
  at: Path,
  written: WrittenGroup,
  group: PeerGroup,
  { content, timeLimitMs, report }: GroupContext,
): void {
  if (content !== undefined) {
    checkHolds([...at, 'holds'], written.holds, content, report);
    for (const [kind, parts] of partsOf(written.combine))
      for (const [name, { holds }] of Object.entries(parts))
        checkHolds([...at, 'combine', kind, name, 'holds'], holds, content, report);
  }
  checkSession(at, group, report);
  checkTrace(at, written, group, report);
  checkLink([...at, 'link'], group, timeLimitMs, report);
  checkUnlimited([...at, 'link', 'changes'], written.link?.changes ?? [], group.link, report);
  const joinMs = earliestJoinMs(group.arrival);
  // Infinity: of a trace with a mistake of its own.
  if (joinMs >= timeLimitMs && joinMs < Infinity) {
    report(
      [...at, 'arrival'],
      `would join after the end of the run at ${exactDuration(timeLimitMs)}`,
      'raise time_limit or join earlier',
    );
  }
  checkReturn([...at, 'session'], group, joinMs, timeLimitMs, report);
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

function checkSession(at: Path, { leave, comeBack, arrival }: PeerGroup, report: Report): void {
  const path = [...at, 'session'];
  if (comeBack !== null && leave === null) {
    report([...path, 'return'], 'the peer never leaves', 'add session.leave, or remove return', 'key');
  }
  if (comeBack !== null && comeBack.times > 1 && leave?.from === 'start') {
    const message = 'times and from: start exclude each other: only the first leave can count from the start';
    report([...path, 'return', 'times'], message, 'use from: join', 'key');
  }
  const joinMs = earliestJoinMs(arrival);
  if (leave?.from === 'start' && leave.afterMs.kind === 'constant' && leave.afterMs.value < joinMs) {
    report(
      [...path, 'leave'],
      `would leave at ${exactDuration(leave.afterMs.value)}, before it joins at ${exactDuration(joinMs)}`,
      'use from: join',
      'key',
    );
  }
}

function checkTrace(
  at: Path,
  written: WrittenGroup,
  { arrival, leave, count }: PeerGroup,
  report: Report,
): void {
  if (arrival.kind !== 'trace') return;
  const path = [...at, 'arrival', 'trace'];
  const { rows } = arrival;
  if (rows.length > 0 && rows.length < count) {
    const message = `has ${rows.length} rows for ${count} peers`;
    const fix = written.count === undefined ? 'add rows' : `set count: ${rows.length}, or add rows`;
    report(path, message, fix, 'key');
  }
  if (leave !== null && rows.some(({ leaveMs }) => leaveMs !== null)) {
    const message = 'a trace with times of leaving and session.leave exclude each other';
    report(path, message, 'remove session.leave, or leave from the trace', 'key');
  }
}

function checkLink(at: Path, { link }: PeerGroup, timeLimitMs: number, report: Report): void {
  const { jitterMs, changes } = link;
  if (jitterMs?.kind === 'samples' && jitterMs.values.length > JITTER_SAMPLES_MAX) {
    const message = `has ${jitterMs.values.length} samples, and the plan would repeat them for every peer`;
    report([...at, 'jitter'], message, `allowed for jitter: up to ${JITTER_SAMPLES_MAX}`, 'key');
  }
  const late = changes.find(({ atMs }) => atMs >= timeLimitMs);
  if (late !== undefined) {
    const message = `the change at ${exactDuration(late.atMs)} would come after the end of the run at ${exactDuration(timeLimitMs)}`;
    report([...at, 'changes'], message, 'raise time_limit, or change earlier', 'key');
  }
  for (const key of ['up', 'down', 'latencyMs'] as const) {
    const times = changes.filter((change) => change[key] !== undefined).map(({ atMs }) => atMs);
    const twice = times.find((atMs, index) => times.indexOf(atMs) !== index);
    if (twice === undefined) continue;
    const name = key === 'latencyMs' ? 'latency' : key;
    report([...at, 'changes'], `two changes of ${name} begin at ${exactDuration(twice)}`, 'keep one', 'key');
  }
}

/** What is unlimited is not shaped at all, and cannot begin to be. */
function checkUnlimited(
  at: Path,
  written: NonNullable<WrittenLink['changes']>,
  link: PeerGroup['link'],
  report: Report,
): void {
  for (const key of ['up', 'down'] as const) {
    const change = link.changes.find((one) => one[key] !== undefined);
    if (link[key] !== null || change === undefined) continue;
    const own = written.findIndex((one) => one[key] !== undefined && one.at === change.atMs);
    const message = `${key} changes at ${exactDuration(change.atMs)}, but link.${key} is unlimited before`;
    const fix = `give link.${key} an initial rate`;
    report(own === -1 ? at : [...at, own, key], message, fix, 'key');
  }
}

/** The spec protocol asks for chunks in turn, one connection for each, and has no choking. */
export function checkSpecPolicy(at: Path, policy: WrittenGroup['policy'], report: Report): void {
  for (const key of Object.keys(policy ?? {})) {
    report([...at, key], 'has no effect with the spec protocol', 'remove it, or use protocol: swarm', 'key');
  }
}

function partsOf(combine: WrittenCombination | undefined) {
  if (combine === undefined) return [];
  return [
    ['locations', combine.locations],
    ['profiles', combine.profiles],
  ] as const;
}

/** What a location and a profile both say, would have to be ignored in one of them. */
export function checkCombination(at: Path, combine: WrittenCombination, report: Report): void {
  for (const place of Object.keys(combine.locations)) {
    if (!Object.hasOwn(combine.profiles, place)) continue;
    report([...at, 'profiles', place], `"${place}" is also a location`, 'give it another name', 'key');
  }
  for (const [place, location] of Object.entries(combine.locations)) {
    for (const [kind, profile] of Object.entries(combine.profiles)) {
      for (const key of leavesOf(location).filter((leaf) => leavesOf(profile).includes(leaf))) {
        const message = `profiles.${kind}.${key} and locations.${place}.${key} exclude each other`;
        report([...at, 'profiles', kind, ...key.split('.')], message, 'keep one of the two', 'key');
      }
    }
  }
}

/** `holds`, `link.up`: what is replaced as a whole. */
function leavesOf(part: WrittenDefaults): string[] {
  const entries: [string, unknown][] = Object.entries(part);
  return entries.flatMap(([key, value]) => {
    const inside: unknown = ['policy', 'link', 'session'].includes(key) ? value : undefined;
    if (!isPlainMap(inside)) return value === undefined ? [] : [key];
    return Object.entries(inside).flatMap(([inner, item]) => (item === undefined ? [] : [`${key}.${inner}`]));
  });
}

/** A name must mean one thing wherever peers are spoken of. */
export function checkNames(
  groups: readonly ListedGroup[],
  pathOf: (group: string) => Path,
  report: Report,
): void {
  const names = new Set<string>();
  for (const { name } of groups) {
    if (names.has(name))
      report(pathOf(name), `a second group is called "${name}"`, 'rename one of them', 'key');
    names.add(name);
  }
  const labels = new Map(
    groups.flatMap(({ name, labels: own }) => own.map((label) => [label, name] as const)),
  );
  for (const { name, region } of groups) if (region !== null && !labels.has(region)) labels.set(region, name);
  for (const [label, group] of labels) {
    if (!names.has(label)) continue;
    const message = `"${label}" names both a group and a region, location or profile`;
    report(pathOf(label), message, `rename one of them; both mean ${group}`, 'key');
  }
}
