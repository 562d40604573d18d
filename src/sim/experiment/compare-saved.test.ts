import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { folderOfTest } from '../../../test/support/folder-of-test.ts';
import { measuredSmallSwarm, testEnvironment } from '../measure/fixture.ts';
import { compareSaved } from './compare-saved.ts';
import type { Comparison } from './comparison.ts';
import type { Experiment, ExperimentRun } from './experiment.ts';
import { experimentOfRuns, experimentRun } from './fixture.ts';
import { loadSaved } from './load-saved.ts';

const makespans = (arm: string, ...values: readonly (number | null)[]) =>
  values.map((makespan, at) => experimentRun(arm, at + 1, { makespan }));

const otherSeeds = (runs: readonly ExperimentRun[]) =>
  runs.map((run, at) => ({ ...run, seed: `other ${at}`, planHash: `other ${at}` }));

function compare(...experiments: readonly Experiment[]) {
  return compareSaved(experiments.map((experiment, at) => ({ source: `source ${at}`, experiment })));
}

function onlyFigure(comparison: Comparison) {
  return comparison.others[0]!.arms[0]!.figures[0]!;
}

describe('a comparison of two experiments', () => {
  const before = experimentOfRuns([...makespans('a', 10, 11, 12), ...makespans('b', 1, 2, 3)]);

  it('matches arms by name', () => {
    const after = experimentOfRuns([...makespans('a', 20, 21, 22), ...makespans('c', 1, 2, 3)]);
    const { arms, onlyBase, onlyOther } = compare(before, after).others[0]!;
    expect(arms.map(({ name }) => name)).toEqual(['a']);
    expect({ onlyBase, onlyOther }).toEqual({ onlyBase: ['b'], onlyOther: ['c'] });
  });

  it('matches one arm alone with the other whatever their names', () => {
    const [one, other] = [makespans('x', 10, 11, 12), makespans('y', 10, 12, 11)].map((runs) =>
      experimentOfRuns(runs),
    );
    expect(onlyFigure(compare(one!, other!)).verdict).toBe('no difference shown');
  });

  it('pairs runs by seed where both sides have the same seeds: what is common to a pair does not widen the interval', () => {
    const [one, other] = [makespans('a', 10, 20, 30), makespans('a', 11, 21.1, 30.9)].map((runs) =>
      experimentOfRuns(runs),
    );
    const figure = onlyFigure(compare(one!, other!));
    expect(figure).toMatchObject({
      metric: 'makespan',
      base: { mean: 20 },
      other: { mean: 21 },
      method: 'paired-t',
      verdict: 'worse',
    });
    // The standard deviation of 1, 1.1, 0.9 is 0.1.
    expect(figure.difference!.low).toBeCloseTo(1 - (4.3027 * 0.1) / Math.sqrt(3), 4);
    expect(figure.difference!.high).toBeCloseTo(1 + (4.3027 * 0.1) / Math.sqrt(3), 4);
  });

  it('uses Welch’s interval where seeds differ', () => {
    const [one, other] = [makespans('a', 10, 11, 12), otherSeeds(makespans('a', 20, 21, 22))].map((runs) =>
      experimentOfRuns(runs),
    );
    const figure = onlyFigure(compare(one!, other!));
    expect(figure).toMatchObject({ method: 'welch-t', verdict: 'worse', difference: { estimate: 10 } });
    expect(figure.difference!.low).toBeCloseTo(10 - 2.7764 * Math.sqrt(2 / 3), 3);
  });

  it('asks more the more figures are tested, so that equal runs nearly never differ in one', () => {
    const runs = (shift: number) =>
      [1, 2, 3, 4].map((repeat) =>
        experimentRun('a', repeat, {
          makespan: 100 + repeat + shift * (1 + repeat / 2),
          ...Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`x${at}`, (repeat * (at + 3)) % 5])),
        }),
      );
    const alone = (from: readonly ExperimentRun[]) =>
      experimentOfRuns(from.map((run) => ({ ...run, figures: { makespan: run.figures['makespan']! } })));
    const { p } = onlyFigure(compare(alone(runs(0)), alone(runs(1)))).difference!;
    expect(p).toBeGreaterThan(0.05 / 11);
    expect(p).toBeLessThan(0.05);
    expect(onlyFigure(compare(alone(runs(0)), alone(runs(1)))).verdict).toBe('worse');
    const many = compare(experimentOfRuns(runs(0)), experimentOfRuns(runs(1)));
    expect(many.tested).toBe(11);
    expect(onlyFigure(many).verdict).toBe('no difference shown');
  });

  it('has every other figure after the key ones, which these do not take their power', () => {
    const runs = (shift: number, others: number) =>
      [1, 2, 3, 4].map((repeat) =>
        experimentRun(
          'a',
          repeat,
          { makespan: 100 + repeat + shift * (1 + repeat / 2) },
          {
            otherFigures: {
              bound: 50 + repeat + 7 * shift,
              ...Object.fromEntries(
                Array.from({ length: others }, (_, at) => [`x${at}`, (repeat * (at + 3 + shift)) % 5]),
              ),
            },
          },
        ),
      );
    const told = compare(experimentOfRuns(runs(0, 20)), experimentOfRuns(runs(1, 20)));
    const { figures } = told.others[0]!.arms[0]!;
    expect(figures.map(({ metric, isKey }) => [metric, isKey]).slice(0, 2)).toEqual([
      ['makespan', true],
      ['bound', false],
    ]);
    expect(figures[0]!.verdict).toBe('worse');
    expect(figures[1]!.verdict).toBe('higher');
    expect([told.tested, told.testedOthers]).toEqual([1, 21]);
  });

  it('compares what both have where one side was saved before the other figures were kept', () => {
    const one = experimentOfRuns(makespans('a', 10, 11, 12));
    const other = experimentOfRuns(
      makespans('a', 10, 11, 12).map((run) => ({ ...run, otherFigures: { bound: 5 } })),
    );
    expect(compare(one, other).others[0]!.arms[0]!.figures.map(({ metric }) => metric)).toEqual(['makespan']);
  });

  it('compares the figures of groups that all runs have, by the same correction as the others of the swarm', () => {
    const of = (more: Record<string, number>) =>
      experimentOfRuns(
        [1, 2, 3, 4].map((repeat) =>
          experimentRun(
            'a',
            repeat,
            { makespan: 100 + repeat },
            {
              otherFigures: {
                bound: 50,
                'late.completion.median': 10 + repeat / 100 + (more['late'] ?? 0),
                ...(repeat > 1 && { 'gone.completion.median': 5 }),
              },
            },
          ),
        ),
      );
    const told = compare(of({}), of({ late: 3 }));
    const { figures } = told.others[0]!.arms[0]!;
    expect(figures.map(({ metric, isKey, verdict }) => [metric, isKey, verdict])).toEqual([
      ['makespan', true, 'no difference shown'],
      ['bound', false, 'no difference shown'],
      ['late.completion.median', false, 'worse'],
    ]);
    expect([told.tested, told.testedOthers]).toEqual([1, 2]);
  });

  it('says how many groups it leaves out', () => {
    const runs = makespans('a', 10, 11, 12).map((run) => ({ ...run, groupsLeftOut: 14 }));
    expect(compare(experimentOfRuns(runs), experimentOfRuns(runs)).others[0]!.warnings).toContain(
      '14 groups of A are not compared: only the first 6 of the plan are.',
    );
  });

  it('compares any number with the first', () => {
    const [one, two, three] = [
      makespans('a', 10, 11, 12),
      makespans('a', 20, 21, 22),
      makespans('a', 5, 6, 7),
    ].map((runs) => experimentOfRuns(runs));
    const { base, others } = compare(one!, two!, three!);
    expect(base).toMatchObject({ name: 'A', source: 'source 0', runs: 3 });
    expect(others.map(({ side, arms }) => [side.name, arms[0]!.figures[0]!.verdict])).toEqual([
      ['B', 'worse'],
      ['C', 'better'],
    ]);
  });
});

describe('a figure is inconclusive', () => {
  it('of one run a side, unless both have the same value', () => {
    const [one, other, same] = [makespans('a', 10), makespans('a', 11), makespans('a', 10)].map((runs) =>
      experimentOfRuns(runs),
    );
    expect(onlyFigure(compare(one!, other!))).toMatchObject({
      verdict: 'inconclusive',
      difference: null,
      note: expect.stringMatching(/^one run each shows no scatter/) as string,
    });
    expect(onlyFigure(compare(one!, same!)).verdict).toBe('no difference shown');
  });

  it('where a run lacks it, is untrusted, or the scenarios are not the same', () => {
    const good = experimentOfRuns(makespans('a', 10, 11, 12));
    const lacking = experimentOfRuns(makespans('a', 1, 2, null));
    expect(onlyFigure(compare(good, lacking))).toMatchObject({
      verdict: 'inconclusive',
      note: '1 of 6 runs have no such figure',
    });
    const untrusted = experimentOfRuns(
      makespans('a', 1, 2, 3).map((run, at) => ({ ...run, trust: at === 0 ? 'untrusted' : 'trusted' })),
    );
    expect(onlyFigure(compare(good, untrusted))).toMatchObject({
      verdict: 'inconclusive',
      note: '1 of 6 runs are untrusted',
    });
    const other = experimentOfRuns(makespans('a', 1, 2, 3), { scenario: { name: 'other', description: '' } });
    const sources = [good, other].map((experiment, at) => ({ source: `source ${at}`, experiment }));
    expect(() => compareSaved(sources)).toThrow(
      'source 0 is of scenario fixture, source 1 of scenario other, so that neither can be called better',
    );
    expect(onlyFigure(compareSaved(sources, { differentScenarios: true }))).toMatchObject({
      verdict: 'inconclusive',
      note: 'they are of different scenarios',
      difference: { estimate: -9 },
    });
  });

  it('where a side has one plan again and again in virtual time, which is no scatter', () => {
    const again = (makespan: number) =>
      experimentOfRuns(
        makespans('a', makespan, makespan, makespan).map((run) => ({ ...run, seed: '7', planHash: 'same' })),
        { engine: 'virtual' },
      );
    const comparison = compare(again(1), again(2));
    expect(onlyFigure(comparison)).toMatchObject({ verdict: 'inconclusive', difference: null });
    expect(comparison.others[0]!.warnings).toContainEqual(
      expect.stringContaining('2 of 3 runs of A repeat a plan in virtual time, and count once'),
    );
  });
});

describe('a comparison warns', () => {
  const before = experimentOfRuns([...makespans('a', 10, 11, 12), ...makespans('b', 1, 2, 3)]);
  const warnings = (after: Experiment) => compare(before, after).others[0]!.warnings;

  it('which circumstances are unlike, and that runs took no turns', () => {
    const environment = { ...testEnvironment, cpu: 'Other CPU', commit: 'def5678' };
    expect(warnings({ ...before, environment })).toEqual([
      'Different processors: Test CPU in A, Other CPU in B.',
      'Different commits: abc1234 in A, def5678 in B.',
      expect.stringContaining('did not take turns'),
    ]);
  });

  it('that plans differ though the seed is the same, and of doubtful runs', () => {
    const runs = before.runs.map((run) => ({ ...run, planHash: 'other', trust: 'doubtful' as const }));
    const [first, second] = warnings({ ...before, runs });
    expect(first).toMatch(/^6 of 6 plans differ/);
    expect(second).toMatch(/^6 of 6 runs of B are doubtful/);
  });

  it('of nothing where equal plans were run in virtual time', () => {
    const virtual = { ...before, engine: 'virtual' as const };
    expect(compare(virtual, virtual).others[0]!.warnings).toEqual([]);
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

  it('of a folder of runs is one experiment, whose repeats they are; links in it are left alone', () => {
    const { result } = measuredSmallSwarm();
    for (const [name, seed] of Object.entries({ first: '1', second: '2' })) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'result.json'), JSON.stringify({ ...result, seed }));
    }
    symlinkSync('second', join(folder, 'latest'));
    const { runs, arms, repeats } = loadSaved(folder);
    expect(runs.map(({ seed, repeat }) => [seed, repeat])).toEqual([
      ['1', 1],
      ['2', 2],
    ]);
    expect(arms).toHaveLength(1);
    expect(repeats).toBe(2);
  });

  it('is refused where a folder holds runs of several scenarios, several experiments, or nothing', () => {
    const { result } = measuredSmallSwarm();
    const save = (name: string, file: string, data: unknown) => {
      mkdirSync(join(folder, name), { recursive: true });
      writeFileSync(join(folder, name, file), JSON.stringify(data));
    };
    mkdirSync(join(folder, 'empty'));
    expect(() => loadSaved(join(folder, 'empty'))).toThrow(
      'empty: the folder is empty; give a folder that a run',
    );
    mkdirSync(join(folder, 'none', 'within'), { recursive: true });
    expect(() => loadSaved(join(folder, 'none'))).toThrow('no folder of a run');
    save('mixed/a', 'result.json', result);
    save('mixed/b', 'result.json', { ...result, scenario: { name: 'other', description: '' } });
    expect(() => loadSaved(join(folder, 'mixed'))).toThrow(/runs of several scenarios, such as .* and other/);
    save('several/a', 'experiment.json', experimentOfRuns(makespans('a', 1, 2)));
    save('several/b', 'result.json', result);
    expect(() => loadSaved(join(folder, 'several'))).toThrow(
      'holds 1 experiment and 1 run; give one of them',
    );
    expect(() => loadSaved(join(folder, 'nowhere'))).toThrow('nowhere: there is no such file or folder');
  });

  it('of another version is refused with what wrote it', () => {
    const { result } = measuredSmallSwarm();
    writeFileSync(join(folder, 'result.json'), JSON.stringify({ ...result, schemaVersion: 1 }));
    expect(() => loadSaved(folder)).toThrow(
      /has schemaVersion 1, but this program reads 2; run it again, or read it with what wrote it: swarm-lab .*, commit abc1234/,
    );
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
