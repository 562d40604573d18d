/** plan.json → Plan: reads back a plan that was saved by a run or by `--plan --json`. */
import { readDocument } from '../scenario/source/source-document.ts';
import { readChunkFolder, type FolderReader } from '../scenario/resolve/chunk-folder.ts';
import { problemsOf } from '../scenario/language/zod-messages.ts';
import { jsonSchemaOf } from '../scenario/language/json-schema.ts';
import { inOrder, placed, ScenarioError, type Problem } from '../scenario/source/problems.ts';
import { groupAlike, timesText } from './alike.ts';
import { checkCondition, checkThresholds, type Mistake } from './check-comparisons.ts';
import { checkHoldings } from './check-holdings.ts';
import { requirePlan } from './require-plan.ts';
import { planSchema } from '../plan/plan-schema.ts';
import type { SettingPlace } from '../plan/shortage.ts';
import type { Plan, PlannedContent, PlannedFault, PlannedPeer } from '../plan/plan.ts';

const checkedPlan = planSchema.superRefine((plan, context) => {
  const mistake: Mistake = (path, message, suggestion) =>
    context.addIssue({
      code: 'custom',
      path,
      message,
      ...(suggestion === undefined ? {} : { params: { suggestion } }),
    });
  const { kind, totalChunks } = plan.content;
  if (kind === 'folders' && plan.content.chunkBytes.length !== totalChunks) {
    mistake(['content', 'chunkBytes'], `must have a size for each of the ${totalChunks} chunks`);
  }
  if (kind === 'generated') checkGenerated(plan.content, mistake);
  const folders = kind === 'folders' ? plan.content.folders.length : 0;
  const names = new Set<string>();
  for (const [index, { name, holds, sessions, link }] of plan.peers.entries()) {
    const at = ['peers', index];
    if (names.has(name)) mistake([...at, 'name'], `a second peer is called "${name}"`);
    names.add(name);
    if (holds.kind === 'folder' && holds.folder >= folders) {
      mistake([...at, 'holds', 'folder'], `there is no folder ${holds.folder}`);
    }
    if (holds.kind === 'chunks' && holds.indices.some((chunk) => chunk > totalChunks)) {
      mistake([...at, 'holds', 'indices'], `chunks are numbered 1 to ${totalChunks}`);
    }
    if (!sessionsFollow(sessions)) mistake([...at, 'sessions'], 'must follow each other in time');
    const { region } = link;
    if (region !== null && plan.regions?.names.includes(region) !== true) {
      mistake([...at, 'link', 'region'], `there is no region "${region}"`);
    }
  }
  checkRegions(plan.regions, mistake);
  checkFaultNames(plan.faults, names, mistake);
  for (const [text, members] of Object.entries(plan.sets ?? {}))
    checkKnown(['sets', text], members, names, mistake);
  for (const [index, condition] of plan.abortOn.entries()) {
    const { figure } = condition;
    if ('peers' in figure) checkKnown(['abortOn', index, 'figure', 'peers'], figure.peers, names, mistake);
    checkCondition(['abortOn', index], condition, mistake);
  }
  checkThresholds(plan, mistake);
});

function checkGenerated(
  { totalBytes, chunkBytes, totalChunks }: Extract<PlannedContent, { kind: 'generated' }>,
  mistake: Mistake,
): void {
  const chunks = Math.ceil(totalBytes / chunkBytes);
  if (chunks === totalChunks) return;
  const message = `is ${totalChunks}, but ${totalBytes} bytes in chunks of ${chunkBytes} are ${chunks} chunks`;
  mistake(['content', 'totalChunks'], message, 'change all three or none');
}

function checkRegions(regions: Plan['regions'], mistake: Mistake): void {
  const size = regions?.names.length;
  for (const [key, what] of [
    ['delayMs', 'delays'],
    ['capacityBytesPerSec', 'rates'],
  ] as const) {
    const table = regions?.[key];
    const isSquare =
      table === undefined || (table.length === size && table.every((row) => row.length === size));
    if (!isSquare) mistake(['regions', key], `must have ${size!} rows of ${size!} ${what}`);
  }
}

function checkFaultNames(
  faults: readonly PlannedFault[],
  peers: ReadonlySet<string>,
  mistake: Mistake,
): void {
  const names = new Set<string>();
  for (const [index, { name, when, effect: done }] of faults.entries()) {
    const at = ['faults', index];
    if (names.has(name)) mistake([...at, 'name'], `a second fault is called "${name}"`);
    names.add(name);
    if (when.kind === 'condition' && 'peers' in when.condition.figure)
      checkKnown(
        [...at, 'when', 'condition', 'figure', 'peers'],
        when.condition.figure.peers,
        peers,
        mistake,
      );
    if (when.kind === 'condition') checkCondition([...at, 'when', 'condition'], when.condition, mistake);
    const mayNameTracker = done.kind === 'partition' || done.kind === 'reset';
    const known = mayNameTracker ? new Set([...peers, 'tracker']) : peers;
    if ('peers' in done) checkKnown([...at, 'effect', 'peers'], done.peers, known, mistake);
    if ('sides' in done) checkKnown([...at, 'effect', 'sides'], done.sides.flat(), known, mistake);
  }
}

function checkKnown(
  at: PropertyKey[],
  wanted: readonly string[] | undefined,
  known: ReadonlySet<string>,
  mistake: Mistake,
): void {
  const unknown = wanted?.find((name) => !known.has(name));
  if (unknown !== undefined) mistake(at, `there is no peer "${unknown}"`);
}

/** All but the last end before the next begins: at a known time, or by completion, which the next then counts from. */
function sessionsFollow(sessions: PlannedPeer['sessions']): boolean {
  return sessions.every((session, index) => {
    const { leave: end } = session;
    if (end?.from === 'start' && !('joinMs' in session && session.joinMs <= end.afterMs)) return false;
    const next = sessions[index + 1];
    if (next === undefined) return true;
    return 'awayMs' in next
      ? end?.from === 'completion'
      : end?.from === 'start' && end.afterMs <= next.joinMs;
  });
}

export interface PlanOptions {
  /** Default: from the disk. */
  readonly readFolder?: FolderReader;
}

/**
 * @param file for messages
 * @throws {ConfigError} the text is something else
 * @throws {ScenarioError} with every mistake of the text and its place
 */
export function parsePlan(
  planText: string,
  file: string,
  { readFolder = readChunkFolder }: PlanOptions = {},
): Plan {
  const data = parseJson(planText);
  requirePlan(data, file);
  const validated = checkedPlan.safeParse(data);
  const told: Parameters<Mistake>[] = [];
  if (validated.success) {
    checkHoldings(validated.data, readFolder, (...mistake) => told.push(mistake));
    if (told.length === 0) return validated.data;
  }
  // JSON is YAML too: reading it again, slowly, tells where the mistakes are.
  const document = readDocument(planText, file);
  const problems = [...document.problems];
  if (problems.length === 0 && data === undefined) {
    problems.push(document.problemAt([], 'value', 'is not JSON', 'a plan is made by --plan --json'));
  } else if (problems.length === 0 && !validated.success) {
    problems.push(...problemsOf(validated.error.issues, jsonSchemaOf(checkedPlan), document));
  }
  problems.push(...told.map(([path, ...words]) => document.problemAt(path, 'value', ...words)));
  throw new ScenarioError(eachOnce(inOrder(problems)), document.sources);
}

function eachOnce(problems: readonly Problem[]): Problem[] {
  const groups = groupAlike(problems, ({ file, path, message, suggestion = '' }) => ({
    path,
    words: JSON.stringify([file, message, suggestion]),
  }));
  return groups.map((group) => {
    const first = group[0]!;
    return { ...first, message: `${first.message}${timesText(group.map(({ path }) => path))}` };
  });
}

/** Where a key of a valid plan is written. */
export function planPlace(planText: string, file: string, key: keyof Plan): SettingPlace {
  const document = readDocument(planText, file);
  return placed((message, remedy) => document.problemAt([key], 'value', message, remedy), document.sources);
}

/** @returns undefined when it is no JSON */
function parseJson(planText: string): unknown {
  try {
    return JSON.parse(planText) as unknown;
  } catch {
    return undefined;
  }
}
