/** What lets an experiment go on after its coordinator was killed: a small file in its folder. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nuid } from '@nats-io/nats-core';
import { z } from 'zod';
import { ConfigError } from '../../core/errors.ts';
import { readTextFile } from '../../core/node/store/text-file.ts';
import type { Plan } from '../plan/plan.ts';
import { describeProgram, programId, programSchema, type Program } from '../cluster/program-id.ts';
import { fileName } from '../report/report-folders.ts';
import type { FinishedRun } from '../run-and-report.ts';
import type { RunResult } from '../result/result.ts';

const FILE = '.cluster.json';

const stateSchema = z.strictObject({
  v: z.literal(1),
  experiment: z.string().regex(/^\w+$/),
  startedAt: z.string(),
  program: programSchema,
  /** Of all plans: what is resumed must be the same. */
  plansHash: z.string(),
});

export interface ExperimentState {
  readonly experiment: string;
  readonly startedAt: string;
}

/** @throws what the file system does */
export async function beginState(
  folder: string,
  startedAt: string,
  program: Program,
  plans: readonly Plan[],
): Promise<ExperimentState> {
  const state = { v: 1, experiment: nuid.next(), startedAt, program, plansHash: hashOf(plans) };
  await writeFile(join(folder, FILE), `${JSON.stringify(state)}\n`);
  return state;
}

/** @throws {ConfigError} it is no experiment that can go on, or not this one; says what to give */
export function readState(folder: string, program: Program, plans: readonly Plan[]): ExperimentState {
  const file = join(folder, FILE);
  if (!existsSync(file)) {
    throw new ConfigError(
      existsSync(join(folder, 'experiment.json'))
        ? `--resume: the experiment in ${folder} is complete`
        : `--resume: there is no experiment of a cluster in ${folder}; name its folder below reports/<scenario>/`,
    );
  }
  const read = stateSchema.safeParse(jsonOf(file));
  if (!read.success) throw new ConfigError(`--resume: ${file} is damaged; begin the experiment anew`);
  const state = read.data;
  if (programId(state.program) !== programId(program)) {
    throw new ConfigError(
      `--resume: the experiment was begun by ${describeProgram(state.program)}, and this is ${describeProgram(program)}; ` +
        'use the same program',
    );
  }
  if (state.plansHash !== hashOf(plans)) {
    throw new ConfigError(
      '--resume: the experiment has other plans; give the scenario and the options that it was begun with',
    );
  }
  return state;
}

/** Nothing is left to go on with. */
export async function endState(folder: string): Promise<void> {
  await rm(join(folder, FILE), { force: true });
}

/** What is in the folder of an experiment already; undefined: the run is still to be done. */
export function doneRun(folder: string, name: string): FinishedRun | undefined {
  const own = join(folder, fileName(name, 100));
  const file = join(own, 'result.json');
  // A folder has its name only once all of it is there.
  if (!existsSync(file)) return undefined;
  return { result: JSON.parse(readTextFile(file)) as RunResult, folder: own, warning: null };
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readTextFile(file));
  } catch {
    return undefined;
  }
}

function hashOf(plans: readonly Plan[]): string {
  const hash = createHash('sha256');
  for (const plan of plans) hash.update(JSON.stringify(plan)).update('\n');
  return hash.digest('hex');
}
