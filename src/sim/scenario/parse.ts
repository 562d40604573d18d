/** scenario.yaml → Scenario. */
import { basename } from 'node:path';
import { armsOf, baselineOf, type PlacedArm } from './arms.ts';
import { checkDefaultPolicy, checkSwarm } from './checks.ts';
import type { SourceDocument } from './document.ts';
import { readChunkFolder, type FolderReader } from './folders.ts';
import { problemsOf } from './issues.ts';
import { jsonSchemaOf } from './json-schema.ts';
import type { TextReader } from './layers.ts';
import { OVERRIDES_FILE } from './overrides.ts';
import { readParts } from './parts.ts';
import { isPlainMap, without, type PlainMap } from './plain-data.ts';
import { inOrder, ScenarioError, type Problem } from './problems.ts';
import { resolveTracker } from './resolve.ts';
import type { Arm, Experiment, Scenario } from './scenario.ts';
import { readScenarioDocument } from './scenario-document.ts';
import { DEFAULT_TIME_LIMIT_MS, scenarioSchema, type WrittenScenario } from './schema.ts';
import type { Report } from './variables.ts';

export interface ParseOptions {
  /** `path=value`, applied before validation. */
  readonly sets?: readonly string[];
  /** Whether sweep, repeat and baseline are left out, as when an arm of them is loaded. Default false. */
  readonly withoutArms?: boolean;
  readonly readFolder?: FolderReader;
  /** For files that the scenario names, chunk folders aside. Default: from the disk. */
  readonly readText?: TextReader;
}

/**
 * Reads and validates a scenario with everything it stands on, and each setting of its sweep.
 *
 * @param file for messages, for the scenario's name, and for what it names relative to itself
 * @throws {ScenarioError} with every mistake of the text
 */
export function parseScenario(text: string, file: string, options: ParseOptions = {}): Scenario {
  const { sets = [], readFolder = readChunkFolder, readText } = options;
  const document = readScenarioDocument(text, file, {
    sets,
    ...(readText === undefined ? {} : { readText }),
  });
  const problems: Problem[] = [...document.problems];
  const report: Report = (path, message, suggestion, spot = 'value') =>
    problems.push(document.problemAt(path, spot, message, suggestion));
  const fail = (): never => {
    throw new ScenarioError(inOrder(problems), document.sources);
  };
  if (document.data === undefined) return fail();
  if (!isPlainMap(document.data)) {
    report([], 'a scenario is a map of keys', 'begin with content: and peers:');
    return fail();
  }
  const data = options.withoutArms === true ? withoutArms(document.data) : document.data;
  const validated = scenarioSchema.safeParse(data);
  if (!validated.success) {
    problems.push(
      ...toldOnce(problemsOf(validated.error.issues, jsonSchemaOf(scenarioSchema), document), document),
    );
  }
  const parts = readParts(data, readFolder, report);
  if (!validated.success || parts === undefined || problems.length > 0) return fail();
  const written = validated.data;
  const scenario: Scenario = {
    ...scalarsOf(written, basename(file).replace(/\.ya?ml$/, '')),
    ...parts,
    experiment: experimentOf(written, report),
  };
  checkDefaultPolicy(written.defaults?.policy, scenario.groups, report);
  checkSwarm(scenario, report);
  if (problems.length === 0)
    problems.push(...armMistakes(text, file, options, scenario.experiment, document));
  return problems.length > 0 ? fail() : scenario;
}

function withoutArms(data: PlainMap): PlainMap {
  return without(data, 'sweep', 'repeat', 'baseline');
}

function scalarsOf(
  written: WrittenScenario,
  name: string,
): Pick<Scenario, 'name' | 'description' | 'seed' | 'tracker' | 'timeLimitMs' | 'peersPerWorker'> {
  return {
    name,
    description: written.description,
    seed: written.seed,
    tracker: resolveTracker(written.tracker),
    timeLimitMs: written.time_limit ?? DEFAULT_TIME_LIMIT_MS,
    peersPerWorker: written.engine?.peers_per_worker ?? 1,
  };
}

/** A variable or table that could not be put in is a mistake already, whatever stands there instead. */
function toldOnce(problems: readonly Problem[], document: SourceDocument): Problem[] {
  const told = document.problems.map(({ path }) => path).filter((path) => path !== '');
  return problems.filter(({ path }) => !told.some((known) => path === known || path.startsWith(`${known}.`)));
}

function experimentOf(written: WrittenScenario, report: Report): PlacedExperiment {
  const arms = armsOf(written.sweep, report);
  return { repeat: written.repeat, arms, baseline: baselineOf(written.baseline, report) };
}

interface PlacedExperiment extends Experiment {
  readonly arms: readonly PlacedArm[];
  readonly baseline: PlacedArm | null;
}

/** Loads as many arms as it takes to try every setting once. What is wrong is told where the setting is written. */
function armMistakes(
  text: string,
  file: string,
  options: ParseOptions,
  { arms, baseline }: Experiment,
  document: SourceDocument,
): Problem[] {
  const tried = new Set<string>();
  const sets = options.sets ?? [];
  return [...(baseline === null ? [] : [baseline]), ...arms].flatMap((arm) => {
    const fresh = arm.sets.filter((set) => !tried.has(set));
    if (fresh.length === 0) return [];
    for (const set of fresh) tried.add(set);
    try {
      parseScenario(text, file, { ...options, sets: [...sets, ...arm.sets], withoutArms: true });
      return [];
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
      return error.problems.map((problem) => placedAt(problem, arm, sets.length, document));
    }
  });
}

function placedAt(problem: Problem, arm: Arm, setsBefore: number, document: SourceDocument): Problem {
  const setting =
    problem.file === OVERRIDES_FILE ? (arm as PlacedArm).settings[problem.line - 1 - setsBefore] : undefined;
  const { path, message, suggestion } = problem;
  const about = path === '' ? message : `${path}: ${message}`;
  if (setting !== undefined) return document.problemAt(setting.place, 'value', about, suggestion);
  const name = arm.name === 'baseline' ? '' : `with ${arm.name}, `;
  return document.problemAt(
    [arm.name === 'baseline' ? 'baseline' : 'sweep'],
    'key',
    `${name}${about}`,
    suggestion,
  );
}
