import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { compareSaved } from '../../experiment/compare-saved.ts';
import { experimentOfRuns, experimentRun } from '../../experiment/fixture.ts';
import { renderComparisonMarkdown } from './comparison-markdown.ts';
import { renderComparison } from './comparison-terminal.ts';

const runs = (shift: number, repeats = 4) =>
  experimentOfRuns(
    Array.from({ length: repeats }, (_, at) =>
      experimentRun('all', at + 1, {
        makespan: 4000 + 100 * at + shift * (1 + at / 100),
        waste: 0.01,
        fairness: at === 0 && shift > 0 ? null : 0.8,
        bans: null,
      }),
    ),
  );

const withOthers = (from: ReturnType<typeof runs>) => ({
  ...from,
  runs: from.runs.map((run) => ({ ...run, otherFigures: { bound: 3000 } })),
});

const comparison = (...sides: readonly ReturnType<typeof runs>[]) =>
  compareSaved(sides.map((experiment, at) => ({ source: `reports/${at}`, experiment })));

describe('a comparison', () => {
  it('begins on a terminal with what is compared and what came out, and ends with how', () => {
    const text = renderComparison(comparison(runs(0), runs(400)), { colours: false });
    expect(text).toMatchInlineSnapshot(`
      "A  reports/0: fixture, 4 runs, 2026-01-02T03:04:05.678Z, commit abc1234
      B  reports/1: fixture, 4 runs, 2026-01-02T03:04:05.678Z, commit abc1234

      B beside A, of 3 key figures: worse in 1 (makespan 10 % slower); no difference shown in 1;
        inconclusive in 1.

      ! The runs did not take turns. A change of the machine between them counts as a difference.
      ! Inconclusive in fairness: 1 of 8 runs have no such figure.

      all            A       B  B − A, 95 %        that is      verdict
      ─────────────────────────────────────────────────────────────────────────────
      makespan  4.15 s  4.56 s  +406 ms ± 8.22 ms  10 % slower  worse
      waste        1 %     1 %  0.0 pp ± 0.0 pp    the same     no difference shown
      fairness    0.80    0.80  –                  –            inconclusive

      Intervals: 95 %, Student’s t of the differences by seed (paired, since the seeds are the same). A
      verdict holds for all 2 key figures together (Holm). “No difference shown” is not “equal”.
      "
    `);
  });

  it('is Markdown for a pull request', () => {
    expect(renderComparisonMarkdown(comparison(runs(0), runs(-400)))).toMatchInlineSnapshot(`
      "### fixture: A, B

      - **A** \`reports/0\`: fixture, 4 runs, 2026-01-02T03:04:05.678Z, commit abc1234
      - **B** \`reports/1\`: fixture, 4 runs, 2026-01-02T03:04:05.678Z, commit abc1234

      **B beside A, of 3 key figures: better in 1 (makespan 10 % faster); no difference shown in 2.**

      - The runs did not take turns. A change of the machine between them counts as a difference.

      | metric | A | B | B − A, 95 % | that is | verdict |
      | --- | --: | --: | --- | --- | --- |
      | makespan | 4.15 s | 3.74 s | -406 ms [-414 ms, -398 ms] | 10 % faster | better |
      | waste | 1 % | 1 % | 0.0 pp [0.0 pp, 0.0 pp] | the same | no difference shown |
      | fairness | 0.80 | 0.80 | 0.00 [0.00, 0.00] | the same | no difference shown |

      Intervals: 95 %, Student’s t of the differences by seed (paired, since the seeds are the same). A verdict holds for all 3 key figures together (Holm). “No difference shown” is not “equal”.
      "
    `);
  });

  it('has the other figures in a table after the key ones, folded in Markdown', () => {
    const both = comparison(withOthers(runs(0)), withOthers(runs(400)));
    const text = renderComparison(both, { colours: false });
    expect(text).toMatch(/inconclusive in 1\. Of\s+1 others: no difference shown in 1\./);
    expect(text).toMatch(/^other figures .*verdict$/m);
    expect(text.indexOf('fairness')).toBeLessThan(text.indexOf('bound  '));
    expect(renderComparisonMarkdown(both)).toMatch(
      /<details><summary>1 other figures<\/summary>\n\n\| metric .*\n.*\n\| bound .*\|\n\n<\/details>/,
    );
  });

  it('is not squeezed until the words of a verdict stand below one another', () => {
    const text = renderComparison(comparison(runs(0), runs(400)), { colours: false, columns: 74 });
    expect(text).toContain('no difference shown\n');
    expect(text).toContain('too narrow for that is');
  });

  it('of three has a table for each of the others', () => {
    const text = renderComparison(comparison(runs(0), runs(-400), runs(400)), { colours: false });
    expect(text).toMatch(/^B beside A.*better in 1/m);
    expect(text).toMatch(/^C beside A.*worse in 1/m);
  });

  it.each([60, 80, 200])('is no wider than a terminal of %i columns', (columns) => {
    const sides = [runs(0), runs(-400), runs(400, 1)];
    const text = renderComparison(comparison(...sides), { colours: true, columns });
    expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  });
});
