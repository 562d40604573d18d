import { describe, expect, test } from 'vitest';
import { around, type Comparison, type Paper } from './paper.ts';
import { rowsOf } from './paper-row.ts';
import { countPaperVerdicts, renderPapers } from './render-papers.ts';

const comparison: Comparison = {
  figure: 'makespan',
  unit: 'ms',
  by: 'formula',
  ...around(10_000, 0, 0.1),
  measure: () => null,
};
const inWords: Comparison = {
  ...comparison,
  figure: 'load',
  unit: 'number',
  published: 'above 1',
  most: Infinity,
};
const paper: Paper = {
  name: 'example',
  authors: 'Nobody 2026',
  claim: 'It takes 10 s.',
  cases: [{ name: 'N = 2', runs: { swarm: [] }, repeats: 3, comparisons: [comparison] }],
};

const rowOf = (values: readonly (number | null)[], one = comparison) =>
  rowsOf(
    paper,
    { ...paper.cases[0]!, comparisons: [one] },
    values.map((value) => [value]),
  )[0]!;

describe('a published figure beside measured ones', () => {
  test('agrees while the mean over the seeds is in the range', () => {
    expect(rowOf([10_200, 10_400, 10_600])).toMatchObject({
      verdict: 'agrees',
      values: [10_200, 10_400, 10_600],
    });
    expect(rowOf([10_200, 10_400, 10_600]).difference).toBeCloseTo(0.04);
  });

  test('differs when its whole interval is outside, and is unclear when the interval reaches in', () => {
    expect(rowOf([13_000, 13_010, 13_020]).verdict).toBe('differs');
    expect(rowOf([10_000, 13_000, 13_000]).verdict).toBe('unclear');
  });

  test('is unclear outside the range when it is of one seed, which has no interval', () => {
    expect(rowOf([12_000]).verdict).toBe('unclear');
    expect(rowOf([10_200]).verdict).toBe('agrees');
  });

  test('has no data as soon as one seed has none', () => {
    expect(rowOf([10_200, null])).toMatchObject({ verdict: 'no data', measured: null, difference: null });
  });

  test('is told without a difference where the paper has words, not a number', () => {
    expect(rowOf([20_000], inWords)).toMatchObject({ verdict: 'agrees', difference: null, most: null });
  });

  test('of which the paper tells a direction in words agrees only with its whole interval', () => {
    expect(rowOf([11_000, 11_100, 11_200], inWords).verdict).toBe('agrees');
    expect(rowOf([10_100, 11_000, 12_000], inWords).verdict).toBe('unclear');
  });

  test('is only shown where nothing is published', () => {
    expect(rowOf([20_000], { ...comparison, published: null }).verdict).toBe('shown');
  });
});

describe('the table', () => {
  const rows = [
    rowOf([10_200, 10_400, 10_600]),
    rowOf([13_000, 13_000]),
    rowOf([null]),
    rowOf([20_000], inWords),
  ];

  test('has a heading and a row for each figure, with the interval of several seeds', () => {
    expect(`\n${renderPapers(rows, [paper], 'markdown')}\n`).toMatchInlineSnapshot(`
      "
      ### example

      Nobody 2026: It takes 10 s.

      | case | figure | published | measured | difference | agrees from … to | seeds | verdict |
      | --- | --- | --: | --: | --: | --: | --: | --- |
      | N = 2 | makespan | 10 s | 10.4 s ± 497 ms | +4.0 % | 10 s … 11 s | 3 | agrees |
      | N = 2 | makespan | 10 s | 13 s ± 0 ms | +30 % | 10 s … 11 s | 2 | differs |
      | N = 2 | makespan | 10 s | – | – | 10 s … 11 s | 1 | no data |
      | N = 2 | load | above 1 | 20000.00 | – | from 10000.00 | 1 | agrees |
      "
    `);
  });

  test('leaves out papers of which nothing was run', () => {
    expect(renderPapers([], [paper], 'terminal')).toBe('');
  });

  test('is counted by verdict', () => {
    expect(countPaperVerdicts(rows)).toBe('2 agree, 1 differ, 1 without data');
  });
});
