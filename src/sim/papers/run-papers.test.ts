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
  const figuresOf = ({ plans }: PaperTask) => Promise.resolve(Object.values(plans).map(() => 1000));

  test('gives the rows of every case in order, each over all seeds', async () => {
    let over = 0;
    const { signal } = new AbortController();
    const rows = await runPapers(cases, { run: figuresOf, atOnce: 3, signal, onTask: () => over++ });
    expect(over).toBe(2 * cases.length);
    expect(rows.map((row) => row.case)).toEqual(cases.flatMap(({ own }) => [own.name, own.name]));
    expect(rows.every(({ values }) => values.length === 2)).toBe(true);
  });

  test('runs no more at a time than it may', async () => {
    let running = 0;
    let most = 0;
    const run = async (task: PaperTask) => {
      running++;
      most = Math.max(most, running);
      const figures = await figuresOf(task);
      running--;
      return figures;
    };
    await runPapers(cases, { run, atOnce: 2, signal: new AbortController().signal });
    expect(most).toBe(2);
  });

  test('gives what is finished when it is interrupted, and begins nothing more', async () => {
    const controller = new AbortController();
    let begun = 0;
    const run = (task: PaperTask) => {
      begun++;
      if (begun < 4) return figuresOf(task);
      controller.abort();
      return Promise.reject(new Error('the task has been aborted'));
    };
    const rows = await runPapers(cases, { run, atOnce: 1, signal: controller.signal });
    expect(begun).toBe(4);
    expect(new Set(rows.map((row) => row.case))).toEqual(new Set([cases[0]!.own.name]));
  });

  test('tells what broke a run, and begins nothing more', async () => {
    let begun = 0;
    const run = () => {
      begun++;
      return Promise.reject(new Error('no memory'));
    };
    const broken = runPapers(cases, { run, atOnce: 1, signal: new AbortController().signal });
    await expect(broken).rejects.toThrow('no memory');
    expect(begun).toBe(1);
  });
});
