import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { exitCodes } from '../program/exit-codes.ts';
import { renderScenarioEnds } from './sim-summary.ts';
import type { ScenarioEnd } from './sim-runs.ts';

const end = (name: string, rest: Partial<ScenarioEnd>): ScenarioEnd => ({
  name,
  code: exitCodes.ok,
  outcome: 'pass',
  reasons: [],
  makespanMs: 3610,
  efficiency: 0.895,
  folder: `reports/${name}/2026-11-29T02-51-34Z-1`,
  data: null,
  ...rest,
});

const ends = [
  end('three-peers', {}),
  end('flash-crowd', {
    code: exitCodes.thresholdMissed,
    outcome: 'fail',
    efficiency: 0.371,
    reasons: ['Expected efficiency > 40%, measured 37.1 %, on a machine that had much else to do.'],
  }),
];

it('several scenarios end with a table that fits the terminal, and with why one failed', () => {
  for (const columns of [60, 80, 200]) {
    const text = renderScenarioEnds(ends, 3, columns);
    for (const line of text.split('\n')) expect(stringWidth(line), text).toBeLessThanOrEqual(columns);
    expect(text).toContain('1 of 3 scenarios passed');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('flash-crowd: Expected efficiency > 40%, measured 37.1 %');
  }
  expect(`\n${renderScenarioEnds(ends, 3, 60)}\n`).toMatchInlineSnapshot(`
    "
    1 of 3 scenarios passed

    scenario     outcome  makespan  efficiency
    ──────────────────────────────────────────
    three-peers  pass       3.61 s      89.5 %
    flash-crowd  fail       3.61 s      37.1 %
    … too narrow for report
      flash-crowd: Expected efficiency > 40%, measured 37.1 %,
        on a machine that had much else to do.
    "
  `);
  expect(renderScenarioEnds(ends, 3, 100)).toContain('reports/flash-crowd/2026-11-29T02-51-34Z-1');
});
