import { describe, expect, test } from 'vitest';
import { papers } from './papers.ts';
import { planPapers, runPapers, type PaperTask } from './run-papers.ts';

const all = { filter: '', smoke: false };

describe('planning the papers', () => {
  test.each(papers.map((paper) => [paper.name, paper] as const))(
    '%s: every case gives plans in virtual time, no two of its cases are called alike, and one is for --smoke',
    (_name, paper) => {
      const cases = planPapers([paper], { ...all, repeat: 1 });
      const names = cases.map(({ own }) => own.name);
      expect(new Set(names).size).toBe(paper.cases.length);
      const plans = cases.flatMap(({ tasks }) => tasks.flatMap((task) => Object.values(task.plans)));
      expect(new Set(plans.map(({ engine }) => engine.name))).toEqual(new Set(['virtual']));
      expect(planPapers([paper], { ...all, smoke: true })).toHaveLength(1);
    },
  );

  test('runs of one repeat have one seed, and repeats have different ones', () => {
    const [planned] = planPapers(papers, { ...all, filter: 'KUROSE-ROSS-CURVES N = 5', repeat: 2 });
    const seeds = planned!.tasks.map(({ plans }) => Object.values(plans).map(({ seed }) => seed));
    expect(seeds.map((own) => new Set(own).size)).toEqual([1, 1]);
    expect(seeds[0]).not.toEqual(seeds[1]);
  });
});

describe('running the papers', () => {
  const cases = planPapers(papers, { ...all, filter: 'kurose', repeat: 2 });

  test('gives the rows of every case in order, each over all seeds', async () => {
    const run = ({ plans }: PaperTask) => Promise.resolve(Object.values(plans).map(() => 1000));
    let over = 0;
    const rows = await runPapers(cases, { run, onTask: () => over++ });
    expect(over).toBe(2 * cases.length);
    expect(rows.map((row) => row.case)).toEqual(cases.flatMap(({ own }) => [own.name, own.name]));
    expect(rows.every(({ values }) => values.length === 2)).toBe(true);
  });

  test('tells what broke a run', async () => {
    const run = () => Promise.reject(new Error('no memory'));
    await expect(runPapers(cases, { run })).rejects.toThrow('no memory');
  });
});
