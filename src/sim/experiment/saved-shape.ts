/** The shape of what this program saves: a file that was changed or cut is refused where it is wrong, not later. */
import { z } from 'zod';
import { ConfigError } from '../../core/errors.ts';

const text = z.string();
const number = z.number();
const figure = z.number().nullable();
const outcome = z.enum(['pass', 'fail', 'inconclusive']);
const level = z.enum(['trusted', 'doubtful', 'untrusted']);

const expectation = z.looseObject({
  text,
  metric: text,
  unit: text,
  measured: figure,
  outcome,
  note: text,
});

const common = {
  scenario: z.looseObject({ name: text, description: text }),
  seed: text,
  engine: text,
  environment: z.looseObject({
    version: text,
    commit: text.nullable(),
    node: text,
    platform: text,
    cpu: text,
  }),
  startedAt: text,
};

const peer = z.looseObject({
  name: text,
  group: text,
  protocol: text,
  joinedMs: figure,
  completedMs: figure,
  completionMs: figure,
  heldChunksAtStart: number,
  heldChunksAtEnd: number,
  mustComplete: z.boolean(),
  integrity: text,
  uploadedBytes: number,
  downloadedBytes: number,
  usefulBytes: number,
  wastedBytes: number,
  shareRatio: figure,
  uploadUtilisation: figure,
  traffic: z.record(text, number),
  shaping: z.record(text, number),
});

const sample = z.looseObject({
  atMs: number,
  usefulBytes: number,
  payloadSentBytes: number,
  controlSentBytes: number,
  peersAlive: number,
  peersCompleted: number,
  progress: number,
  trackerReceived: number.optional(),
});

export const resultShape = z.looseObject({
  ...common,
  setupMs: number,
  elapsedMs: number,
  ending: text,
  verdict: z.looseObject({ outcome, because: text.nullable(), reasons: z.array(text) }),
  expectations: z.array(expectation),
  trust: z.looseObject({ level, warnings: z.array(text), host: z.looseObject({}) }),
  swarm: z.looseObject({
    contentBytes: number,
    totalChunks: number,
    makespanMs: figure,
    bound: z.looseObject({}),
  }),
  groups: z.array(z.looseObject({ name: text, peers: number, completed: number })),
  peers: z.array(peer),
  tracker: z.looseObject({ traffic: z.record(text, number) }),
  flows: z.array(z.looseObject({ from: text, to: text, chunks: number, bytes: number })),
  injected: z.array(z.looseObject({ kind: text, target: text, effect: text, hit: z.boolean() })),
  samples: z.array(sample),
  plan: z.looseObject({
    scenario: z.looseObject({ name: text }),
    expect: z.array(z.looseObject({ metric: text })),
  }),
});

export const experimentShape = z.looseObject({
  ...common,
  repeats: number,
  plannedRuns: number,
  ending: text,
  baseline: text.nullable(),
  verdict: z.looseObject({ outcome, because: text.nullable(), trust: level }),
  arms: z.array(
    z.looseObject({
      name: text,
      parameters: z.looseObject({}),
      figures: z.array(z.looseObject({ metric: text })),
      expectations: z.array(z.looseObject({ text, outcome, measured: z.array(figure) })),
    }),
  ),
  runs: z.array(
    z.looseObject({
      arm: text,
      repeat: number,
      seed: text,
      folder: text,
      startedAt: text,
      ending: text,
      outcome,
      because: text.nullable(),
      reasons: z.array(text),
      trust: level,
      expectations: z.array(expectation),
      figures: z.record(text, figure),
      otherFigures: z.record(text, figure).optional(),
      groupsLeftOut: z.number().optional(),
      planHash: text,
    }),
  ),
});

/** @throws {ConfigError} naming the first place that is not as it was written */
export function requireShape(file: string, shape: z.ZodType, data: unknown): void {
  const [issue] = shape.safeParse(data).error?.issues ?? [];
  if (issue === undefined) return;
  const place = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  throw new ConfigError(
    `${file} was changed or cut off: ${place.replace(/^\./, '')} is not what a run writes (${issue.message}); run it again`,
  );
}
