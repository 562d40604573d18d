import { expect, it } from 'vitest';
import { experimentOfRuns, experimentRun } from '../../experiment/fixture.ts';
import { judgeFidelity } from '../../fidelity/judge-fidelity.ts';
import { renderFidelityMarkdown, renderFidelitySummary } from './fidelity-markdown.ts';
import { renderFidelity } from './fidelity-terminal.ts';

const figures = (makespan: number, waste: number) => ({ makespan, 'completion.median': 1000, waste });

const fidelity = judgeFidelity(
  experimentOfRuns([
    experimentRun('a, threads', 1, figures(2000, 0.01)),
    experimentRun('a, virtual', 1, figures(1800, 0.02)),
    experimentRun('a, threads', 2, figures(2000, 0.01)),
    experimentRun('a, virtual', 2, figures(1801, 0.02)),
  ]),
  [{ name: 'a', parameters: {}, isUnlimited: false }],
);

it('shows every figure of both engines, their difference, what is said of it, and why', () => {
  expect(renderFidelity([fidelity], { colours: false, columns: 100 })).toMatchInlineSnapshot(`
    "0 of 1 within 5 %, 1 differs

    scenario  figure             threads  virtual        difference  verdict
    ───────────────────────────────────────────────────────────────────────────
    fixture   completion.median      1 s      1 s     0.0 % ± 0.0 %  within 5 %
              makespan               2 s   1.80 s   -10.0 % ± 0.3 %  differs
              completion.p95           –        –                 –
              goodput                  –        –                 –
              seeder_load              –        –                 –
              fairness                 –        –                 –
              waste                  1 %      2 %  +1.0 pp ± 0.0 pp
              overhead                 –        –                 –

    fixture, makespan: by more than 5 %
    Difference: of virtual time from threads, the mean over pairs of the same plan, ± half its 95 %
      interval (Student’s t); of shares in percentage points (pp).
    Judged are completion.median and makespan: within 5 % if the difference is and half its interval
      is no wider; else differs, or cannot be told where the interval is wider.
    "
  `);
});

it('has a line for each arm in Markdown', () => {
  expect(renderFidelitySummary([fidelity])).toMatchInlineSnapshot(`
    "0 of 1 within 5 %, 1 differs.

    | scenario | undisturbed runs | median completion, threads | virtual | difference | makespan, threads | virtual | difference | verdict |
    | --- | --: | --: | --: | --: | --: | --: | --: | --- |
    | fixture | 2 of 2 | 1 s | 1 s | 0.0 % ± 0.0 % | 2 s | 1.80 s | -10.0 % ± 0.3 % | differs |

    2026-01-02, commit abc1234, Node v20.20.2, Test CPU, 2 cores, 8 GiB memory
    "
  `);
});

it('has both tables, and how to read them, in fidelity.md', () => {
  const text = renderFidelityMarkdown(fidelity);
  expect(text).toContain('# fixture: virtual time beside threads\n');
  expect(text).toContain('- fixture, makespan: by more than 5 %\n');
  expect(text).toMatch(/^\| {2}\| makespan \| 2 s \| 1.80 s \|/m);
});
