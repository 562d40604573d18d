import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderTableWithin, type Column } from './table.ts';

const expected: readonly Column[] = [
  { head: 'expected', wraps: true },
  { head: 'arm' },
  { head: 'outcome' },
  { head: 'measured, by repeat', wraps: true },
];
const rows = [
  ['completion.p95 < 30s', 'upload_slots=1, picker=sequential', 'pass', '429 ms, 348 ms, 550 ms'],
  ['integrity == 100%', 'baseline', 'pass', '100 %, 100 %, 100 %'],
];
const WIDTHS = Array.from({ length: 141 }, (_, at) => at + 60);

describe('a table on a terminal', () => {
  it('is never wider, with every word of every cell that is shown', () => {
    for (const width of WIDTHS) {
      const text = renderTableWithin(expected, rows, width);
      for (const line of text.split('\n')) expect(stringWidth(line), text).toBeLessThanOrEqual(width);
      for (const word of rows.flat().join(' ').split(' ')) expect(text).toContain(word);
    }
    expect(`\n${renderTableWithin(expected, rows, 60)}\n`).toMatchInlineSnapshot(`
      "
      expected        arm                outcome  measured, by
                                                  repeat
      ────────────────────────────────────────────────────────
      completion.p95  upload_slots=1,    pass     429 ms,
      < 30s           picker=sequential           348 ms,
                                                  550 ms
      integrity ==    baseline           pass     100 %,
      100%                                        100 %, 100 %
      "
    `);
  });

  it('leaves out columns by their rank before it breaks names', () => {
    const columns: readonly Column[] = [
      { head: 'makespan' },
      { head: 'mean', align: 'right' },
      { head: 'against baseline', rank: 2 },
      { head: 'that is', rank: 1 },
      { head: 'says', wraps: true },
    ];
    const cells = [
      ['baseline', '465 ms', '', '', 'baseline'],
      ['upload_slots=8, picker=random', '1.07 s', '-405 ms [-878 ms, +67.1 ms]', '27 % faster', 'better'],
    ];
    const lines = renderTableWithin(columns, cells, 70).split('\n');
    expect(lines[0]).toMatch(/^makespan +mean {2}that is +says$/);
    expect(lines.at(-1)).toBe('… too narrow for against baseline');
    expect(lines.find((line) => line.startsWith('upload'))).toMatch(
      /^upload_slots=8, picker=random {2}1\.07 s/,
    );
  });

  it('keeps numbers below one another', () => {
    const columns: readonly Column[] = [{ head: 'name' }, { head: 'bytes', align: 'right' }];
    const lines = renderTableWithin(
      columns,
      [
        ['a', '1'],
        ['b', '1,000'],
      ],
      60,
    ).split('\n');
    expect(lines.slice(2)).toEqual(['a         1', 'b     1,000']);
  });
});
