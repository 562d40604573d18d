/** plan.json → Plan: reads back a plan that was saved by a run or by `--plan --json`. */
import { z } from 'zod';
import { readDocument } from '../scenario/source/source-document.ts';
import { readChunkFolder, type FolderReader } from '../scenario/resolve/chunk-folder.ts';
import { problemsOf } from '../scenario/language/zod-messages.ts';
import { jsonSchemaOf } from '../scenario/language/json-schema.ts';
import { inOrder, ScenarioError } from '../scenario/source/problems.ts';
import { checkCondition, checkThresholds, type Mistake } from './check-comparisons.ts';
import { checkHoldings } from './check-holdings.ts';
import { requirePlan } from './require-plan.ts';
import {
  PLAN_SCHEMA_VERSION,
  type Plan,
  type PlannedContent,
  type PlannedPeer,
  type PlannedSession,
} from '../plan/plan.ts';

/** No run is longer, and no key of a scenario allows a later time. */
const TIME_MS_MAX = 24 * 3600 * 1000;

const notNegative = z.number().min(0);
const time = notNegative.max(TIME_MS_MAX);
const positive = z.number().positive();
const share = z.number().min(0).max(1);
const text = z.string().min(1);

const distribution = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('constant'), value: notNegative }),
  z.strictObject({ kind: z.literal('uniform'), min: notNegative, max: notNegative }),
  z.strictObject({ kind: z.literal('normal'), mean: notNegative, sd: notNegative }),
  z.strictObject({ kind: z.literal('lognormal'), median: notNegative, sigma: positive }),
  z.strictObject({ kind: z.literal('exponential'), mean: notNegative }),
  z.strictObject({ kind: z.literal('pareto'), min: notNegative, alpha: positive }),
  z.strictObject({ kind: z.literal('samples'), values: z.array(notNegative).min(1) }),
]);

const comparison = z.enum(['<', '<=', '>', '>=', '==', '!=']);
const names = z.array(text);

const liveFigure = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['completed', 'joined', 'alive']),
    unit: z.enum(['share', 'count']),
    peers: names.optional(),
  }),
  z.strictObject({ kind: z.literal('progress'), peers: names.optional() }),
  z.strictObject({ kind: z.literal('elapsed') }),
  z.strictObject({ kind: z.literal('availability') }),
]);

const condition = z.strictObject({ text, figure: liveFigure, comparison, value: z.number() });

const effect = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('crash'),
    peers: names,
    returnAfterMs: notNegative.nullable(),
    keepChunks: z.boolean(),
  }),
  z.strictObject({
    kind: z.enum(['pause', 'black-hole', 'lie', 'free-ride', 'disk-full']),
    peers: names,
  }),
  z.strictObject({ kind: z.literal('partition'), sides: z.array(names).min(2), oneWay: z.boolean() }),
  z.strictObject({ kind: z.literal('slow-down'), factor: positive, peers: names }),
  z.strictObject({ kind: z.literal('latency-spike'), addMs: notNegative, peers: names }),
  z.strictObject({ kind: z.enum(['reset', 'corrupt']), probability: share, peers: names }),
  z.strictObject({ kind: z.literal('tracker-down'), forgets: z.boolean() }),
  z.strictObject({ kind: z.literal('slow-disk'), bytesPerSec: positive, peers: names }),
]);

const fault = z.strictObject({
  name: text,
  when: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('time'), atMs: time }),
    z.strictObject({ kind: z.literal('condition'), condition, delayMs: time }),
  ]),
  forMs: positive.nullable(),
  again: z.strictObject({ everyMs: positive, times: z.int().min(1) }).nullable(),
  effect,
});

const content = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('folders'),
    folders: z.array(text).min(1),
    totalChunks: z.int().min(1),
    chunkBytes: z.array(z.int().min(0)),
  }),
  z.strictObject({
    kind: z.literal('generated'),
    totalChunks: z.int().min(1),
    totalBytes: z.int().min(1),
    chunkBytes: z.int().min(1),
    seed: text,
  }),
]);

const leave = z
  .strictObject({
    how: z.enum(['graceful', 'crash']),
    from: z.enum(['start', 'completion']),
    afterMs: time,
    keepChunks: z.boolean(),
  })
  .nullable();

const firstSession = z.strictObject({ joinMs: time, leave });

/** Written as one map, so that a mistake is told of the key that it is in. */
const laterSession = z
  .strictObject({ joinMs: time.optional(), awayMs: time.optional(), leave })
  .transform((written, context): PlannedSession => {
    const { joinMs, awayMs, leave: end } = written;
    if (joinMs !== undefined && awayMs === undefined) return { joinMs, leave: end };
    if (awayMs !== undefined && joinMs === undefined) return { awayMs, leave: end };
    const params = { suggestion: 'awayMs after a leave from completion, else joinMs' };
    context.addIssue({ code: 'custom', message: 'must have one of joinMs and awayMs', params });
    return z.NEVER;
  });

const peer = z.strictObject({
  name: text,
  group: text,
  holds: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('all') }),
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('chunks'), indices: z.array(z.int().min(1)) }),
    z.strictObject({ kind: z.literal('folder'), folder: z.int().min(0) }),
  ]),
  protocol: z.enum(['spec', 'swarm']),
  policy: z.strictObject({
    picker: z.enum(['rarest-first', 'random', 'sequential']),
    uploadSlots: z.int().min(1),
    superSeeding: z.enum(['auto', 'on', 'off']),
    maxConnections: z.int().min(1),
  }),
  link: z.strictObject({
    upBytesPerSec: positive.nullable(),
    downBytesPerSec: positive.nullable(),
    latencyMs: notNegative,
    jitterMs: distribution.nullable(),
    region: text.nullable(),
    loss: z
      .strictObject({ probability: share, segmentBytes: z.int().min(1), timeoutMs: positive })
      .nullable(),
    window: z.strictObject({ bytes: z.int().min(1), slowStart: z.boolean() }).nullable(),
    changes: z.array(
      z.strictObject({
        atMs: time,
        overMs: time,
        upBytesPerSec: positive.optional(),
        downBytesPerSec: positive.optional(),
        latencyMs: notNegative.optional(),
      }),
    ),
  }),
  sessions: z.tuple([firstSession], laterSession),
  mustComplete: z.literal([true, false, 'unless-gone']),
  seed: text,
});

/** Its keys stand in the order of `expand`, so that a plan that is read and written again is the same text. */
const planSchema = z
  .strictObject({
    schemaVersion: z.literal(PLAN_SCHEMA_VERSION),
    scenario: z.strictObject({ name: z.string(), description: z.string() }),
    seed: text,
    content,
    tracker: z.strictObject({
      edition: z.enum(['plain', 'hashed']),
      agreement: z.int().min(1),
      announceIntervalMs: positive,
      silenceLimitMs: positive,
      peersPerAnswer: z.int().min(1),
      seed: text,
    }),
    peers: z.array(peer).min(1),
    regions: z.strictObject({ names, delayMs: z.array(z.array(notNegative)) }).nullable(),
    faults: z.array(fault),
    sets: z.record(z.string(), names.min(1)).optional(),
    expect: z.array(z.strictObject({ text, metric: text, comparison, value: z.number() })),
    abortOn: z.array(condition),
    variant: z
      .strictObject({
        arm: text,
        parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        repeat: z.int().min(1),
      })
      .nullable(),
    notices: z.array(text).optional(),
    timeLimitMs: positive.max(TIME_MS_MAX),
    engine: z.strictObject({ peersPerWorker: z.int().min(1) }),
  })
  .superRefine((plan, context) => {
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
  mistake(['content', 'totalChunks'], message, 'change all three, or none');
}

function checkRegions(regions: Plan['regions'], mistake: Mistake): void {
  const size = regions?.names.length;
  const isSquare = regions?.delayMs.length === size && regions?.delayMs.every((row) => row.length === size);
  if (isSquare === false) mistake(['regions', 'delayMs'], `must have ${size!} rows of ${size!} delays`);
}

function checkFaultNames(
  faults: readonly z.output<typeof fault>[],
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
  const validated = planSchema.safeParse(data);
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
    problems.push(...problemsOf(validated.error.issues, jsonSchemaOf(planSchema), document));
  }
  problems.push(...told.map(([path, ...words]) => document.problemAt(path, 'value', ...words)));
  throw new ScenarioError(inOrder(problems), document.sources);
}

/** @returns undefined when it is no JSON */
function parseJson(planText: string): unknown {
  try {
    return JSON.parse(planText) as unknown;
  } catch {
    return undefined;
  }
}
