import { describe, expect, it } from 'vitest';
import { smallSwarm, testEnvironment } from '../measure/fixture.ts';
import { measure } from '../measure/measure.ts';
import type { RunResult } from '../measure/result.ts';
import { renderRepeats } from './repeats.ts';

function run(seed: string, makespanMs: number | null, outcome: RunResult['verdict']['outcome'] = 'pass') {
  const { plan, record } = smallSwarm();
  const result = measure({ ...plan, seed }, record, testEnvironment);
  const verdict = { ...result.verdict, outcome };
  return { ...result, verdict, swarm: { ...result.swarm, makespanMs } };
}

describe('the summary of repeats', () => {
  it('gives mean, interval, spread and extremes of each figure', () => {
    const text = renderRepeats([run('1', 3000), run('2', 4000), run('3', 5000)], { colours: false });
    expect(text.split('\n').slice(0, 5).join('\n')).toMatchInlineSnapshot(`
      "fixture: 3 runs, 3 passed

      figure                      mean  95 % interval           sd          min          max  n
      ─────────────────────────────────────────────────────────────────────────────────────────
      makespan                  4.00 s       ± 2.48 s       1.00 s       3.00 s       5.00 s  3"
    `);
  });

  it('counts verdicts, and the runs behind a figure that some do not have', () => {
    const text = renderRepeats([run('1', 3000), run('2', null, 'fail'), run('3', 5000)], { colours: false });
    expect(text).toContain('fixture: 3 runs, 2 passed, 1 failed');
    expect(text).toMatch(/^makespan .* 2$/m);
    expect(text).toContain('Seeds: 1, 2, 3');
  });

  it('of a single run has no interval', () => {
    expect(renderRepeats([run('1', 3000)], { colours: false })).toMatch(/^makespan +3\.00 s +– +– /m);
  });
});
