/** What a coordinator and its agents tell each other. */
import { z } from 'zod';
import { messageType } from '../cluster/message.ts';
import { programSchema } from '../cluster/program-id.ts';

/** Bytes: attached to the message itself, or, where they are too many, an object of the bucket of files. */
const payloadSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('attached') }),
  z.strictObject({ kind: z.literal('object'), name: z.string() }),
]);

export type Payload = z.output<typeof payloadSchema>;

/** Key: the experiment. There is one as long as the experiment goes on: no agent works for another. */
export const experimentMessage = messageType('experiment', {
  scenario: z.string(),
  program: programSchema,
});

/** A run to be done: its plan, and nothing else that an agent could be told. */
export const runMessage = messageType(
  'run',
  {
    /** Of this wish for the run: its result carries it, so that it is stored once. */
    id: z.string(),
    program: programSchema,
    /** What the plan says, too: for whoever looks at the agent. */
    scenario: z.string(),
    seed: z.string(),
    plan: payloadSchema,
  },
  { haveAttached: true },
);

/** That an agent has begun a run, or has given it back: as it left, or because its machine is too small for it. */
export const attemptMessage = messageType('attempt', {
  agent: z.string(),
  agentName: z.string(),
  state: z.enum(['begun', 'left', 'too-small']),
});

export type Attempt = ReturnType<typeof attemptMessage.decode>;

const errorSchema = z.strictObject({
  name: z.string(),
  code: z.enum([
    'CONFIG',
    'LOCAL_PROTOCOL',
    'REMOTE_PROTOCOL',
    'STORE',
    'TRANSPORT',
    'ENGINE',
    'INTERRUPTED',
    'UNKNOWN',
  ]),
  message: z.string(),
  stack: z.string().optional(),
});

/** What came of a run: its report, or why there is none. */
export const resultMessage = messageType(
  'result',
  {
    agentName: z.string(),
    outcome: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('report'), report: payloadSchema }),
      z.strictObject({ kind: z.literal('failed'), error: errorSchema }),
    ]),
  },
  { haveAttached: true },
);

export type Outcome = ReturnType<typeof resultMessage.decode>['outcome'];
