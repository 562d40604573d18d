import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { experimentOfRuns, experimentRun } from '../../experiment/fixture.ts';
import type { ExpectationFigures } from '../../result/result.ts';
import { renderExperimentCsv } from './experiment-csv.ts';
import { renderExperimentMarkdown } from './experiment-markdown.ts';
import { formatRelative } from './experiment-columns.ts';
import { renderExperiment } from './experiment-terminal.ts';

const expectation = (measured: number | null): ExpectationFigures => ({
  text: 'makespan < 5s',
  metric: 'makespan',
  unit: 'ms',
  measured,
  outcome: measured === null ? 'inconclusive' : measured < 5000 ? 'pass' : 'fail',
  note: '',
});

function sample() {
  const values = { random: [4000, 4100, 4200], rarest: [3000, 3100, 3200] };
  const runs = Object.entries(values).flatMap(([arm, makespans]) =>
    makespans.map((makespan, at) =>
      experimentRun(arm, at + 1, { makespan, waste: 0.01 }, { expectations: [expectation(makespan)] }),
    ),
  );
  return experimentOfRuns(runs, { baseline: 'random' });
}

describe('an experiment on a terminal', () => {
  it('reads like this', () => {
    expect(renderExperiment(sample(), { colours: false })).toMatchInlineSnapshot(`
      "PASS  fixture: 2 arms × 3 runs, 6 passed

      makespan   mean      95 %  n  against random           that is      says
      ────────────────────────────────────────────────────────────────────────────
      random    4.1 s  ± 248 ms  3                                        baseline
      rarest    3.1 s  ± 248 ms  3  -1 s [-1.23 s, -773 ms]  24 % faster  better

      waste   mean      95 %  n  against random           that is   says
      ─────────────────────────────────────────────────────────────────────────────────
      random   1 %  ± 0.0 pp  3                                     baseline
      rarest   1 %  ± 0.0 pp  3  0.0 pp [0.0 pp, 0.0 pp]  the same  no difference shown

      expected       arm     outcome  measured, by repeat
      ───────────────────────────────────────────────────
      makespan < 5s  random  pass     4 s, 4.1 s, 4.2 s
      makespan < 5s  rarest  pass     3 s, 3.1 s, 3.2 s

      ± is half the 95 % confidence interval of the mean (Student’s t). [ ] is the 95 % interval of the
        difference from the baseline (Welch).
      “better” and “worse” hold for all arms of a metric together (Holm); “no difference shown” is not
        “equal”.
      Where n is below the number of runs, the others have no such figure, for example no makespan.
      Seeds: 7, 7#2, 7#3
      "
    `);
  });

  it('without a baseline explains no comparison', () => {
    const runs = ['random', 'rarest'].flatMap((arm) =>
      [4000, 4100, 4200].map((makespan, at) => experimentRun(arm, at + 1, { makespan })),
    );
    const text = renderExperiment(experimentOfRuns(runs, { baseline: null }), { colours: false });
    expect(text).toContain('± is half the 95 % confidence interval of the mean');
    expect(text).not.toMatch(/baseline|Welch|better/);
  });

  it('of one run an arm is one table, which says that nothing can be told', () => {
    const runs = [
      experimentRun('random', 1, { makespan: 4000, seeder_load: 1.2, waste: 0 }),
      experimentRun('sequential', 1, { makespan: 10_800, seeder_load: 1.5, waste: 0 }),
      experimentRun('rarest', 1, { makespan: 3700, seeder_load: null, waste: 0.01 }),
    ];
    const experiment = experimentOfRuns(runs, { baseline: 'random' });
    expect(renderExperiment(experiment, { colours: false })).toMatchInlineSnapshot(`
      "PASS  fixture: 3 arms × 1 run, 3 passed
        ! One run of each arm shows no scatter, so the arms cannot be compared. Repeat each at least 3
          times.

      one run each               makespan       seeder_load  waste
      ────────────────────────────────────────────────────────────
      random                          4 s              1.20    0 %
      sequential    10.8 s (2.7 × slower)  1.50 (25 % more)    0 %
      rarest           3.7 s (7 % faster)                 –    1 %

      In brackets: beside random, of one run each.
      Seeds: 7
      "
    `);
    expect(renderExperimentMarkdown(experiment)).toContain('| sequential | 10.8 s (2.7 × slower) |');
  });

  it.each([60, 80, 200])('is no wider than a terminal of %i columns', (columns) => {
    for (const repeats of [1, 3]) {
      const runs = ['random', 'sequential', 'rarest-first, upload_slots=16'].flatMap((arm, at) =>
        Array.from({ length: repeats }, (_, repeat) =>
          experimentRun(arm, repeat + 1, {
            makespan: 4000 + 100 * at + repeat,
            'completion.median': 3000 + repeat,
            efficiency: 0.8,
            seeder_load: 1.2 + at,
            fairness: 0.7,
            waste: 0.01,
          }),
        ),
      );
      const text = renderExperiment(experimentOfRuns(runs, { baseline: 'random' }), {
        colours: true,
        columns,
      });
      expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
    }
  });

  it('says relative differences as people do', () => {
    const said = [1.7, 0.12, -0.5, -0.2, 0.001, 30].map((share) => formatRelative(share, 'ms'));
    expect(said).toEqual([
      '2.7 × slower',
      '12 % slower',
      '2.0 × faster',
      '20 % faster',
      'the same',
      '31 × slower',
    ]);
    expect(formatRelative(1, 'number')).toBe('2.0 × more');
    expect(formatRelative(null, 'ms')).toBe('');
  });

  it('says when a figure is not known as well as was asked for', () => {
    const runs = [1, 2].map((repeat) => experimentRun('all', repeat, { makespan: 1000 * repeat }));
    const precision = { metric: 'makespan', share: 0.05, reachedShare: 0.12, most: 2 };
    const text = renderExperiment(experimentOfRuns(runs, { precision }), { colours: false });
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      '! The goal was to know makespan within 5 % in every arm. After 2 runs of each it is known within 12 %.',
    );
  });

  it('of one arm has a row for each metric, and leaves out what has no data', () => {
    const runs = [1, 2].map((repeat) =>
      experimentRun('all', repeat, { makespan: 1000 * repeat, fairness: null }),
    );
    const text = renderExperiment(experimentOfRuns(runs), { colours: false });
    expect(text).toMatch(/makespan +1\.5 s +± 6\.35 s +707 ms +1 s +2 s +2/);
    expect(text).not.toContain('fairness');
  });

  it('says first what makes it doubtful', () => {
    const runs = [
      experimentRun('a', 1, { makespan: 1 }, { trust: 'doubtful' }),
      experimentRun('b', 1, { makespan: null }, { outcome: 'fail', because: 'swarm' }),
    ];
    const lines = renderExperiment(
      experimentOfRuns(runs, { baseline: 'a', ending: 'interrupted', plannedRuns: 4 }),
      { colours: false },
    ).split('\n');
    expect(lines[0]).toBe(
      'FAIL (doubtful)  fixture: 2 arms × 1 run (interrupted after 2 of 4 runs), 1 passed, 1 failed',
    );
    expect(lines.slice(1, 5).join('\n')).toMatch(/stopped[^]*1 of 2 runs are doubtful[^]*no scatter/);
  });
});

it('an untrusted run makes the experiment untrusted, with cause and remedy in the first lines of every text', () => {
  const why = { cause: 'a thread was blocked for 44 s of 60 s', remedy: 'let fewer peers run' };
  const runs = [
    experimentRun('a', 1, { makespan: 1 }),
    experimentRun(
      'a',
      2,
      { makespan: null },
      { outcome: 'inconclusive', because: 'data', trust: 'untrusted', ...why },
    ),
  ];
  const experiment = experimentOfRuns(runs);
  const told =
    /1 of 2 runs are untrusted, the first since a thread was blocked for 44 s of 60 s\. Remedy: let fewer peers run\./;
  const [head, first] = renderExperiment(experiment, { colours: false })
    .replaceAll(/\n {3,}/g, ' ')
    .split('\n');
  expect(head).toMatch(/^INCONCLUSIVE \(untrusted\) {2}fixture: /);
  expect(first).toMatch(told);
  const [title, , verdict, , reason] = renderExperimentMarkdown(experiment).split('\n');
  expect(title).toBe('# fixture: inconclusive (untrusted)');
  expect(verdict).toMatch(/^\*\*INCONCLUSIVE \(untrusted\)\*\*/);
  expect(reason).toMatch(told);
  expect(experiment.verdict).toMatchObject({ trust: 'untrusted', ...why });
});

it('experiment.csv has one line a run with parameters and figures', () => {
  const [head, first, ...rest] = renderExperimentCsv(sample()).trimEnd().split('\n');
  expect(head).toBe('order,arm,repeat,seed,folder,outcome,because,trust,parameter.picker,makespan,waste');
  expect(first).toBe('1,random,1,7,random-1,pass,,trusted,random,4000,0.01');
  expect(rest).toHaveLength(5);
});

it('experiment.md has the comparison, the thresholds, every run and its circumstances', () => {
  const text = renderExperimentMarkdown(sample());
  expect(text).toContain(
    '| rarest | 3.1 s | ± 248 ms | 3 | -1 s [-1.23 s, -773 ms] | 24 % faster | better |',
  );
  expect(text).toContain('| makespan < 5s | rarest | pass | 3 s, 3.1 s, 3.2 s |');
  expect(text).toContain('[random-1](random-1/report.md)');
  expect(text).toContain('Test CPU');
});
