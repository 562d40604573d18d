/** Reads the parts of a scenario each by itself, so that a mistake in one does not hide those of another. */
import type { z } from 'zod';
import { checkContent, checkDefaultPolicy, checkSwarm, checkTracker } from './checks/check-content.ts';
import { heldByDefault, holdersIn } from './checks/known-holdings.ts';
import { checkCondition } from './checks/check-conditions.ts';
import { checkFault, type FaultContext } from './checks/check-faults.ts';
import { checkCombination, checkGroup, checkHolds, checkNames } from './checks/check-groups.ts';
import { checkRepeatMetric, checkThresholds } from './checks/check-thresholds.ts';
import { experimentKeys } from './language/experiment-schema.ts';
import { faultSchema } from './language/fault-schema.ts';
import type { FolderReader } from './resolve/chunk-folder.ts';
import {
  defaultsSchema,
  groupSchema,
  type WrittenDefaults,
  type WrittenGroup,
} from './language/group-schema.ts';
import { knownPeers } from './resolve/known-peers.ts';
import { PEERS_MAX } from './language/limits.ts';
import { peerDirectory, type ListedGroup } from './expressions/peer-directory.ts';
import { isPlainMap, valueAt, type PlainMap } from './source/plain-data.ts';
import { regionsSchema } from './language/region-schema.ts';
import { resolveRegions } from './resolve/regions.ts';
import { groupsOfFolders, resolveTracker } from './resolve/content-and-tracker.ts';
import { resolveFaults } from './resolve/resolve-faults.ts';
import { draftsOf, resolveGroup } from './resolve/resolve-groups.ts';
import type { PeerGroup, Scenario, ScenarioContent } from './language/scenario.ts';
import { contentSchema, scenarioSchema } from './language/schema.ts';
import { sizesOf } from './resolve/group-sizes.ts';
import { condition, threshold } from './language/expression-schema.ts';
import type { Report } from './source/variables.ts';

export type ScenarioParts = Pick<
  Scenario,
  'content' | 'groups' | 'regions' | 'faults' | 'sets' | 'expect' | 'abortOn'
>;

/** To find further mistakes when the content has one. */
const ANY_CONTENT: ScenarioContent = { kind: 'generated', totalChunks: 1, totalBytes: 1, chunkBytes: 1 };

/** @returns undefined when a mistake makes the parts useless */
export function readParts(
  data: PlainMap,
  { readFolder, defaultTimeLimitMs }: { readFolder: FolderReader; defaultTimeLimitMs: number },
  report: Report,
): ScenarioParts | undefined {
  const { tracker: trackerSchema, time_limit: timeLimitSchema } = scenarioSchema.shape;
  const tracker = trackerSchema.safeParse(data.tracker);
  if (tracker.success) checkTracker(tracker.data, report);
  const timeLimitMs = timeLimitSchema.safeParse(data.time_limit).data ?? defaultTimeLimitMs;
  const written = contentSchema.safeParse(data.content);
  const content = written.success ? checkContent(written.data, readFolder, report) : undefined;

  checkPresence(data, content, report);
  const { resolved, listed, isComplete } = readGroups(data, content, timeLimitMs, report);
  if (content !== undefined) {
    const isResolved = (name: string): boolean => listed.some(({ from, isRead }) => from === name && isRead);
    const holders = holdersIn(data, { resolved, isResolved, content });
    const agreement = tracker.success && isComplete ? resolveTracker(tracker.data).agreement : undefined;
    if (holders !== undefined) checkSwarm({ content, holders, agreement }, report);
  }
  const table = regionsSchema.safeParse(data.regions);
  const pathOf = (group: string) => ['peers', listed.find(({ name }) => name === group)?.from ?? group];
  const regions =
    table.success || data.regions === undefined
      ? resolveRegions(table.data, resolved.length < listed.length ? listed : resolved, pathOf, report)
      : null;
  checkNames(listed, (group) => pathOf(group), report);
  const directory = peerDirectory(listed);
  const isText = (path: readonly PropertyKey[]): boolean => typeof valueAt(data, path) === 'string';
  const isKnown = content !== undefined && resolved.length === listed.length;
  const peers = isKnown ? knownPeers(resolved, content) : undefined;
  const context = { directory, timeLimitMs, peers, report, isText };
  const faults = readFaults(data.faults, context);
  const abortOn = readEach(condition, data.abort_on, (text, at) =>
    checkCondition(['abort_on', at], text, context, true),
  );
  const { expect, sets } = checkThresholds(eachOf(threshold, data.expect), context);
  const repeat = experimentKeys.repeat.safeParse(data.repeat).data;
  checkRepeatMetric(typeof repeat === 'object' ? repeat.metric : undefined, context);
  if (content === undefined) return undefined;
  return { content, groups: resolved, regions, faults, sets, expect, abortOn };
}

function checkPresence(data: PlainMap, content: ScenarioContent | undefined, report: Report): void {
  if (data.peers === undefined && content?.kind === 'generated') {
    report(
      ['peers'],
      'is missing',
      'say who holds the file and who wants it, for example { seeder: { holds: all }, leechers: { count: 3 } }',
    );
  }
  if (isPlainMap(data.peers) && Object.keys(data.peers).length === 0) {
    report(['peers'], 'there is no group', 'add one, for example seeder: { holds: all }', 'key');
  }
}

interface Listed extends ListedGroup {
  /** The group in the file. */
  readonly from: string;
  /** False: with a mistake. */
  readonly isRead: boolean;
}

interface ReadGroups {
  readonly resolved: readonly PeerGroup[];
  /** Those with mistakes too, as far as they can be known: others may speak of them. */
  readonly listed: readonly Listed[];
  /** Whether every group, and what holds for all of them, can be read. */
  readonly isComplete: boolean;
}

function readGroups(
  data: PlainMap,
  content: ScenarioContent | undefined,
  timeLimitMs: number,
  report: Report,
): ReadGroups {
  const general = defaultsSchema.optional().safeParse(data.defaults);
  const defaults = general.success ? general.data : heldByDefault(data.defaults);
  if (content !== undefined) checkHolds(['defaults', 'holds'], defaults?.holds, content, report);
  const raw = isPlainMap(data.peers) ? data.peers : undefined;
  const groups = raw === undefined ? groupsOfFolders(content ?? ANY_CONTENT) : validOf(raw);
  const isComplete = raw === undefined ? data.peers === undefined : groups.size === Object.keys(raw).length;
  const total = scenarioSchema.shape.peers_total.safeParse(data.peers_total).data;
  // With a group that cannot be read, the others cannot be held against the total.
  const sizes = isComplete ? sizesOf(groups, total, report) : sizesOf(groups, undefined, () => undefined);
  const all = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  if (all > PEERS_MAX) {
    report(['peers'], `${all} peers in all`, `allowed: up to ${PEERS_MAX}`, 'key');
    return { resolved: [], listed: [], isComplete: false };
  }
  const resolved: PeerGroup[] = [];
  const listed: Listed[] = [];
  for (const name of raw === undefined ? groups.keys() : Object.keys(raw)) {
    const group = groups.get(name);
    if (group === undefined) {
      listed.push(guessed(name, raw?.[name]));
      continue;
    }
    const own = readGroup(name, group, { defaults, content, timeLimitMs, size: sizes.get(name)!, report });
    resolved.push(...own);
    listed.push(...own.map((one) => ({ ...one, from: name, isRead: true })));
  }
  if (isComplete && general.success) checkDefaultPolicy(defaults?.policy, resolved, report);
  return { resolved, listed, isComplete: isComplete && general.success };
}

function validOf(raw: PlainMap): ReadonlyMap<string, WrittenGroup> {
  return new Map(
    Object.entries(raw).flatMap(([name, value]): [string, WrittenGroup][] => {
      const group = groupSchema.safeParse(value);
      return group.success ? [[name, group.data]] : [];
    }),
  );
}

interface GroupContext {
  readonly defaults: WrittenDefaults | undefined;
  readonly content: ScenarioContent | undefined;
  readonly timeLimitMs: number;
  readonly size: number;
  readonly report: Report;
}

function readGroup(
  name: string,
  written: WrittenGroup,
  { defaults, content, timeLimitMs, size, report }: GroupContext,
): readonly PeerGroup[] {
  const at = ['peers', name];
  if (written.combine !== undefined) checkCombination([...at, 'combine'], written.combine, report);
  const groups = draftsOf(name, written, defaults, size).map((draft) =>
    resolveGroup(draft, content ?? ANY_CONTENT),
  );
  for (const group of groups) checkGroup(at, written, group, { content, timeLimitMs, report });
  return groups;
}

/** A group with a mistake, for what is said of its peers elsewhere. */
function guessed(name: string, value: unknown): Listed {
  const { count, region } = isPlainMap(value) ? value : {};
  const isCount = typeof count === 'number' && Number.isInteger(count) && count >= 1 && count <= PEERS_MAX;
  return {
    name,
    from: name,
    isRead: false,
    count: isCount ? count : count === undefined ? 1 : PEERS_MAX,
    region: typeof region === 'string' ? region : null,
    labels: [],
  };
}

function readFaults(raw: unknown, context: FaultContext): Scenario['faults'] {
  const read = eachOf(faultSchema, raw);
  const written = read.flatMap((fault, at) => (fault === undefined ? [] : [{ fault, at }]));
  const faults = resolveFaults(written.map(({ fault }) => fault));
  const names = new Map<string, number>();
  for (const [index, { fault, at }] of written.entries()) {
    const { name } = faults[index]!;
    if (names.has(name))
      context.report(['faults', at, 'name'], `a second fault is called "${name}"`, 'give each its own name');
    names.set(name, at);
    checkFault(['faults', at], fault, faults[index]!, context);
  }
  return faults;
}

/** The items of a list that are valid, at their places. */
function eachOf<T extends z.ZodType>(schema: T, raw: unknown): (z.output<T> | undefined)[] {
  return Array.isArray(raw) ? raw.map((item) => schema.safeParse(item).data) : [];
}

function readEach<T extends z.ZodType>(
  schema: T,
  raw: unknown,
  check: (item: z.output<T>, at: number) => void,
): z.output<T>[] {
  return eachOf(schema, raw).flatMap((item, at) => {
    if (item === undefined) return [];
    check(item, at);
    return [item];
  });
}
