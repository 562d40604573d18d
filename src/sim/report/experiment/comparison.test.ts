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

const comparison = (...sides: readonly ReturnType<typeof runs>[]) =>
  compareSaved(sides.map((experiment, at) => ({ source: `reports/${at}`, experiment })));

describe('a comparison', () => {
  it('begins on a terminal with what is compared and what came out, and ends with how', () => {
    const text = renderComparison(comparison(runs(0), runs(400)), { colours: false });
    expect(text).toMatchInlineSnapshot(`
      "A  reports/0: fixture, 4 runs, 2026-01-02T03:04:05.678Z, commit abc1234
      B  reports/1: fixture, 4 runs, 2026-01-02T03:04:05.678Z, commit abc1234

      B beside A, of 3 figures: worse in 1 (makespan 10 % slower); no difference shown in 1;
        inconclusive in 1.

      ! The runs did not take turns. A change of the machine between them counts as a difference.
      ! Inconclusive in fairness: 1 of 8 runs have no such figure.

      all            A       B  B − A, 95 %        that is      verdict
      ─────────────────────────────────────────────────────────────────────────────
      makespan  4.15 s  4.56 s  +406 ms ± 8.22 ms  10 % slower  worse
      waste        1 %     1 %  0.0 pp ± 0.0 pp    the same     no difference shown
      fairness    0.80    0.80  –                  –            inconclusive

      Intervals: 95 %, Student’s t of the differences by seed (paired, since the seeds are the same). A
      verdict holds for all 2 figures together (Holm). “No difference shown” is not “equal”.
      "
    `);
  });

  it('is Markdown for a pull request', () => {
    expect(renderComparisonMarkdown(comparison(runs(0), runs(-400)))).toMatchInlineSnapshot(`
      "### fixture: A, B

      - **A** \`reports/0\`: fixture, 4 runs, 2026-01-02T03:04:05.678Z, commit abc1234
      - **B** \`reports/1\`: fixture, 4 runs, 2026-01-02T03:04:05.678Z, commit abc1234

      **B beside A, of 3 figures: better in 1 (makespan 10 % faster); no difference shown in 2.**

      - The runs did not take turns. A change of the machine between them counts as a difference.

      | metric | A | B | B − A, 95 % | that is | verdict |
      | --- | --: | --: | --- | --- | --- |
      | makespan | 4.15 s | 3.74 s | -406 ms [-414 ms, -398 ms] | 10 % faster | better |
      | waste | 1 % | 1 % | 0.0 pp [0.0 pp, 0.0 pp] | the same | no difference shown |
      | fairness | 0.80 | 0.80 | 0.00 [0.00, 0.00] | the same | no difference shown |

      Intervals: 95 %, Student’s t of the differences by seed (paired, since the seeds are the same). A verdict holds for all 3 figures together (Holm). “No difference shown” is not “equal”.
      "
    `);
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
