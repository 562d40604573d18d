/** scenario.yaml → Scenario. */
import { basename } from 'node:path';
import { armsOf, baselineOf } from './resolve/arms.ts';
import { armMistakes, replacedOverrides, type PlacedArms } from './checks/check-arms.ts';
import type { SourceDocument } from './source/source-document.ts';
import { readChunkFolder, type FolderReader } from './resolve/chunk-folder.ts';
import { experimentKeys } from './language/experiment-schema.ts';
import { idleNotices } from './checks/unused-keys.ts';
import { problemsOf } from './language/zod-messages.ts';
import { jsonSchemaOf } from './language/json-schema.ts';
import type { TextReader } from './source/inheritance.ts';
import { readParts } from './read-sections.ts';
import { isPlainMap, without, type PlainMap } from './source/plain-data.ts';
import { inOrder, ScenarioError, type Problem } from './source/problems.ts';
import { resolveTracker } from './resolve/content-and-tracker.ts';
import type { Repeats, Scenario } from './language/scenario.ts';
import { readScenarioDocument } from './scenario-document.ts';
import { DEFAULT_TIME_LIMIT_MS, scenarioSchema, type WrittenScenario } from './language/schema.ts';
import type { Report } from './source/variables.ts';

export interface ParseOptions {
  /** `path=value`, applied before validation. */
  readonly sets?: readonly string[];
  /** Whether sweep, repeat and baseline are left out, as when an arm of them is loaded. Default false. */
  readonly withoutArms?: boolean;
  /** Of a scenario without a limit of its own, what times are checked against. Default: 60 s. */
  readonly defaultTimeLimitMs?: number;
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
  const { defaultTimeLimitMs = DEFAULT_TIME_LIMIT_MS } = options;
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
  const parts = readParts(data, { readFolder, defaultTimeLimitMs }, report);
  const experiment = readExperiment(data, document.judging, report);
  problems.push(...replacedOverrides(experiment, document.overrides, document));
  const load = (own: readonly string[]): unknown =>
    parseScenario(text, file, { ...options, sets: [...sets, ...own], withoutArms: true });
  problems.push(...armMistakes(experiment, load, { document, told: problems, setsBefore: sets.length }));
  if (!validated.success || parts === undefined || problems.length > 0) return fail();
  const { data: written } = validated;
  const scalars = scalarsOf(written, basename(file).replace(/\.ya?ml$/, ''), defaultTimeLimitMs);
  const trackerKeys = isPlainMap(data.tracker) ? Object.keys(data.tracker) : [];
  const notices = idleNotices(trackerKeys, { tracker: scalars.tracker, groups: parts.groups });
  return {
    ...scalars,
    ...parts,
    ...(notices.length === 0 ? {} : { notices }),
    experiment: { repeat: repeatsOf(written.repeat), ...experiment },
  };
}

function withoutArms(data: PlainMap): PlainMap {
  return without(data, 'sweep', 'repeat', 'baseline');
}

function scalarsOf(
  written: WrittenScenario,
  name: string,
  defaultTimeLimitMs: number,
): Pick<
  Scenario,
  | 'name'
  | 'description'
  | 'seed'
  | 'tracker'
  | 'timeLimitMs'
  | 'growsWithBound'
  | 'until'
  | 'recordedEvents'
  | 'engine'
> {
  return {
    name,
    description: written.description,
    seed: written.seed,
    tracker: resolveTracker(written.tracker),
    timeLimitMs: written.time_limit ?? defaultTimeLimitMs,
    ...(written.time_limit === undefined ? { growsWithBound: true as const } : {}),
    until: written.until,
    recordedEvents: recordedEventsOf(written.record),
    engine: engineOf(written.engine),
  };
}

function engineOf(written: WrittenScenario['engine']): Scenario['engine'] {
  if (written === undefined || typeof written === 'string')
    return { name: written ?? 'threads', peersPerWorker: 'auto' };
  const { name, peers_per_worker: peersPerWorker, slice: sliceMs, placement } = written;
  return {
    name,
    peersPerWorker,
    ...(sliceMs !== undefined && { sliceMs }),
    ...(placement !== undefined && { placement }),
  };
}

function recordedEventsOf(written: WrittenScenario['record']): Scenario['recordedEvents'] {
  const events = written?.events ?? 'all';
  return events === 'all' ? 1 : events;
}

function repeatsOf(written: WrittenScenario['repeat']): Repeats {
  if (typeof written === 'number') return { least: written, most: written, until: null };
  const { until: share, metric, at_least: least, at_most: most } = written;
  return { least, most, until: { metric, share } };
}

/** A variable or table that could not be put in is a mistake already, whatever stands there instead. */
function toldOnce(problems: readonly Problem[], document: SourceDocument): Problem[] {
  const told = document.problems.map(({ path }) => path).filter((path) => path !== '');
  return problems.filter(({ path }) => !told.some((known) => path === known || path.startsWith(`${known}.`)));
}

/** Of a sweep with mistakes, what can be tried by itself; values of zip mean something together only. */
function readExperiment(data: PlainMap, judging: ReadonlySet<string>, report: Report): PlacedArms {
  const { sweep: schema, baseline } = experimentKeys;
  const whole = schema.safeParse(data.sweep);
  const product = isPlainMap(data.sweep) && isPlainMap(data.sweep.product) ? data.sweep.product : {};
  const dimensions = Object.entries(product).flatMap(([path, values]) =>
    Object.entries(schema.safeParse({ product: { [path]: values } }).data?.product ?? {}),
  );
  const zip = isPlainMap(data.sweep) ? schema.safeParse({ zip: data.sweep.zip }).data?.zip : undefined;
  return {
    arms: armsOf(
      whole.success ? whole.data : { product: Object.fromEntries(dimensions), zip },
      judging,
      report,
    ),
    baseline: baselineOf(baseline.safeParse(data.baseline).data, report),
  };
}
