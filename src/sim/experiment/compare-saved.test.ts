import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';
import { measuredSmallSwarm, testEnvironment } from '../measure/fixture.ts';
import { compareExperiments } from './compare-saved.ts';
import { experimentOfRuns, experimentRun } from './fixture.ts';
import { loadSaved } from './load-saved.ts';

const makespans = (arm: string, ...values: readonly (number | null)[]) =>
  values.map((makespan, at) => experimentRun(arm, at + 1, { makespan }));

describe('a comparison of two experiments', () => {
  const before = experimentOfRuns([...makespans('a', 10, 11, 12), ...makespans('b', 1, 2, 3)]);

  it('matches arms by name, with Welch’s interval and a statement', () => {
    const after = experimentOfRuns([...makespans('a', 20, 21, 22), ...makespans('c', 1, 2, 3)]);
    const { arms, onlyBefore, onlyAfter } = compareExperiments(before, after);
    expect(arms).toHaveLength(1);
    const [figure] = arms[0]!.figures;
    expect(figure).toMatchObject({
      metric: 'makespan',
      before: { mean: 11 },
      after: { mean: 21 },
      against: { statement: 'worse', difference: { estimate: 10 } },
    });
    expect(figure!.against.difference!.low).toBeCloseTo(10 - 2.7764 * Math.sqrt(2 / 3), 3);
    expect({ onlyBefore, onlyAfter }).toEqual({ onlyBefore: ['b'], onlyAfter: ['c'] });
  });

  it('matches one arm alone with the other whatever their names', () => {
    const [one, other] = [makespans('x', 10, 11, 12), makespans('y', 10, 12, 11)].map((runs) =>
      experimentOfRuns(runs),
    );
    const { arms } = compareExperiments(one!, other!);
    expect(arms[0]!.figures[0]!.against.statement).toBe('no difference shown');
  });

  it('says which circumstances are unlike, and that runs were not interleaved', () => {
    const environment = { ...testEnvironment, cpu: 'Other CPU', commit: 'def5678' };
    const { warnings } = compareExperiments(before, { ...before, environment });
    expect(warnings).toEqual([
      'Different processors: Test CPU before, Other CPU after.',
      'Different commits: abc1234 before, def5678 after.',
      expect.stringContaining('not interleaved'),
    ]);
  });

  it('tells plans that differ though the seed is the same, and doubtful runs', () => {
    const runs = before.runs.map((run) => ({ ...run, planHash: 'other', trust: 'doubtful' as const }));
    const { warnings } = compareExperiments(before, { ...before, runs });
    expect(warnings[0]).toMatch(/^6 of 6 plans differ/);
    expect(warnings[1]).toMatch(/^6 of 6 runs after are doubtful/);
  });
});

describe('what was saved', () => {
  let folder: string;
  beforeEach(() => {
    folder = folderOfTest('saved-');
  });

  it('is read back, an experiment as it was and a result as one run', () => {
    const experiment = experimentOfRuns(makespans('a', 1, 2));
    writeFileSync(join(folder, 'experiment.json'), JSON.stringify(experiment));
    expect(loadSaved(folder)).toEqual(experiment);
    const { result } = measuredSmallSwarm();
    writeFileSync(join(folder, 'result.json'), JSON.stringify(result));
    const one = loadSaved(join(folder, 'result.json'));
    expect(one.runs).toHaveLength(1);
    expect(one.arms[0]!.figures[0]).toMatchObject({ metric: 'makespan', summary: { mean: 3500, count: 1 } });
  });

  it.each([
    ['{}', 'is not a saved run'],
    ['{"kind": "experiment", "schemaVersion": 99, "runs": []}', 'has schemaVersion 99'],
    ['[', 'is not JSON'],
  ])('%s is refused: %s', (text, message) => {
    writeFileSync(join(folder, 'x.json'), text);
    expect(() => loadSaved(join(folder, 'x.json'))).toThrow(message);
  });
});
