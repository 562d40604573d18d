/**
 * A key of the scenario language is worth nothing without its effect on a figure that was measured. Here scenarios are
 * run that differ in one key, through the whole way of the data: text, plan, swarm, measuring. They run in virtual time:
 * what a key does is the same on both engines, and no busy machine can disturb it. That the threads engine carries out
 * what a plan says is shown by runs/plan-links.test.ts, runs/plan-faults.test.ts and the contract of engines.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';
import { designExperiment, type Design } from '../../../src/sim/experiment/design.ts';
import { measure, testEnvironment, type RecordedRun } from '../../../src/sim/measure/fixture.ts';
import type { RunResult } from '../../../src/sim/result/result.ts';
import type { Plan } from '../../../src/sim/plan/plan.ts';
import { runPlan } from '../fault-run.ts';

export interface EffectRun {
  readonly plan: Plan;
  readonly record: RecordedRun;
  readonly result: RunResult;
}

/**
 * Draws the plans of a scenario, and runs none of them.
 *
 * @param files what it refers to, by name beside it; all are gone when the plans are drawn
 */
export function designYaml(yaml: string, files: Readonly<Record<string, string>> = {}): Design {
  const folder = mkdtempSync(join(tmpdir(), 'effect-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const file = join(folder, 'effect.yaml');
    writeFileSync(file, yaml);
    return designExperiment({ file, sets: [] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a scenario once, in virtual time: the first plan of its design. */
export function runYaml(yaml: string, files: Readonly<Record<string, string>> = {}): Promise<EffectRun> {
  const plan = designYaml(yaml, files).plans[0]!;
  return measured({ ...plan, engine: { ...plan.engine, name: 'virtual' } });
}

/** On the engine that it names, which is `threads` if it names none: for what only threads and files can show. */
export function runAsWritten(yaml: string): Promise<EffectRun> {
  return measured(designYaml(yaml).plans[0]!);
}

async function measured(plan: Plan): Promise<EffectRun> {
  const record = await runPlan(plan);
  return { plan, record, result: measure(plan, record, testEnvironment) };
}

/**
 * A test of what these keys do, named as docs/scenario-reference.md names them (`peers.<group>.link.up`). That every
 * key has one is checked by complete.test.ts, which reads the first argument: it must be a literal.
 */
export function effect(keys: string | readonly string[], sentence: string, test: () => Promise<void>): void {
  it(`${typeof keys === 'string' ? keys : keys.join(', ')}: ${sentence}`, test);
}
