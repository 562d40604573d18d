/** scenario.yaml → Scenario. */
import { basename } from 'node:path';
import {
  checkContent,
  checkDefaultPolicy,
  checkGroup,
  checkHolds,
  checkSwarm,
  checkTracker,
  reporter,
} from './checks.ts';
import { readDocument, type SourceDocument } from './document.ts';
import { readChunkFolder, type FolderReader } from './folders.ts';
import { defaultsSchema, groupSchema } from './group-schema.ts';
import { problemsOf } from './issues.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { inOrder, ScenarioError, type Problem } from './problems.ts';
import { resolveGroup, resolveScenario } from './resolve.ts';
import type { Scenario, ScenarioContent } from './scenario.ts';
import { contentSchema, DEFAULT_TIME_LIMIT_MS, scenarioSchema } from './schema.ts';

export interface ParseOptions {
  /** `path=value`, applied before validation. */
  readonly sets?: readonly string[];
  /** Whether sweep, repeat and baseline are left out, as when an arm of them is loaded. Default false. */
  readonly withoutArms?: boolean;
  readonly readFolder?: FolderReader;
}

/**
 * Reads and validates a scenario.
 *
 * @param file for messages and for the scenario's name
 * @throws {ScenarioError} with every mistake of the text
 */
export function parseScenario(
  text: string,
  file: string,
  { sets = [], readFolder = readChunkFolder }: ParseOptions = {},
): Scenario {
  const document = readDocument(text, file, sets);
  const problems: Problem[] = [...document.problems];
  const fail = (): never => {
    throw new ScenarioError(inOrder(problems), document.sources);
  };
  if (document.data === undefined) return fail();
  if (!isRecord(document.data)) {
    problems.push(
      document.problemAt([], 'value', 'a scenario is a map of keys', 'begin with content: and peers:'),
    );
    return fail();
  }
  const validated = scenarioSchema.safeParse(document.data);
  if (!validated.success) {
    problems.push(...problemsOf(validated.error.issues, jsonSchemaOf(scenarioSchema), document));
  }
  const content = checkParts(document, document.data, readFolder, problems);
  if (!validated.success || content === undefined || problems.length > 0) return fail();
  const name = basename(file).replace(/\.ya?ml$/, '');
  const scenario = resolveScenario(name, validated.data, content);
  const report = reporter(document, problems);
  checkDefaultPolicy(validated.data.defaults?.policy, scenario.groups, report);
  checkSwarm(scenario, report);
  return problems.length > 0 ? fail() : scenario;
}

/** Checks what is valid by itself, so that a mistake in one part does not hide those of another. */
function checkParts(
  document: SourceDocument,
  data: Readonly<Record<string, unknown>>,
  readFolder: FolderReader,
  problems: Problem[],
): ScenarioContent | undefined {
  const report = reporter(document, problems);
  const { tracker: trackerSchema, time_limit: timeLimitSchema } = scenarioSchema.shape;
  const tracker = trackerSchema.safeParse(data.tracker);
  if (tracker.success) checkTracker(tracker.data, report);

  const written = contentSchema.safeParse(data.content);
  const content = written.success ? checkContent(written.data, readFolder, report) : undefined;
  if (content === undefined) return undefined;

  const groups = data.peers;
  if (groups === undefined && content.kind === 'generated') {
    report(
      ['peers'],
      'is missing',
      'say who holds the file and who wants it, for example { seeder: { holds: all }, leechers: { count: 3 } }',
    );
  }
  if (isRecord(groups) && Object.keys(groups).length === 0) {
    report(['peers'], 'there is no group', 'add one, for example seeder: { holds: all }', 'key');
  }
  const defaults = defaultsSchema.optional().safeParse(data.defaults).data;
  checkHolds(['defaults', 'holds'], defaults?.holds, content, report);
  const timeLimitMs = timeLimitSchema.safeParse(data.time_limit).data ?? DEFAULT_TIME_LIMIT_MS;
  for (const [name, value] of Object.entries(isRecord(groups) ? groups : {})) {
    const group = groupSchema.safeParse(value);
    if (!group.success) continue;
    const resolved = resolveGroup(name, group.data, defaults, content);
    checkGroup(name, group.data, resolved, content, timeLimitMs, report);
  }
  return content;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
