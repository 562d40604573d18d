import { describe, expect, test } from 'vitest';
import { compareReports } from './compare.ts';
import { cost, duration, micro, ratio, report, throughput } from './fixture.ts';

/** Five rounds that scatter by ± 2 % around the rate. */
function around(rate: number): number[] {
  return [0.98, 0.99, 1, 1.01, 1.02].map((factor) => rate * factor);
}

describe('what has changed', () => {
  test('a change far outside the scatter is faster or slower', () => {
    const before = report({ results: [micro('a', around(100)), micro('b', around(100))] });
    const after = report({ results: [micro('a', around(150)), micro('b', around(80))] });
    const [a, b] = compareReports(before, after).figures;
    expect(a).toMatchObject({ name: 'a', figure: 'ops/s', verdict: 'faster', note: '' });
    // Both sides scatter alike, so the ratio of geometric means is exactly the ratio of the rates.
    expect(a!.speedUp!.estimate).toBeCloseTo(1.5, 12);
    expect(b).toMatchObject({ verdict: 'slower' });
    expect(b!.speedUp!.estimate).toBeCloseTo(0.8, 12);
  });

  test('a change inside the scatter is none, whichever way it points', () => {
    const before = report({ results: [micro('a', around(100)), micro('b', around(100))] });
    const after = report({ results: [micro('a', around(101)), micro('b', around(99))] });
    const verdicts = compareReports(before, after).figures.map(({ verdict }) => verdict);
    expect(verdicts).toEqual(['no difference shown', 'no difference shown']);
  });

  test('among many figures, one just outside its own interval is what chance brings', () => {
    // + 3.4 % at a standard error of 1 %: p = 0.01, significant alone, not among twenty.
    const others = Array.from({ length: 19 }, (_, at) => micro(`other ${at}`, around(100)));
    const alone = compareReports(
      report({ results: [micro('a', around(100))] }),
      report({ results: [micro('a', around(103.4))] }),
    ).figures[0]!;
    const among = compareReports(
      report({ results: [micro('a', around(100)), ...others] }),
      report({ results: [micro('a', around(103.4)), ...others] }),
    ).figures[0]!;
    expect(alone.verdict).toBe('faster');
    expect(among.speedUp).toEqual(alone.speedUp);
    expect(among.speedUp!.low).toBeGreaterThan(1);
    expect(among.verdict).toBe('no difference shown');
  });

  test('less time is faster', () => {
    const { figures } = compareReports(
      report({ results: [duration('d', around(200))] }),
      report({ results: [duration('d', around(100))] }),
    );
    expect(figures[0]).toMatchObject({ figure: 'time', verdict: 'faster' });
    expect(figures[0]!.speedUp!.estimate).toBeCloseTo(2, 12);
  });

  test('a cheaper chunk is faster, and a ratio is better on the side of its goal', () => {
    const goals = [
      { is: 'at most', value: 1.5 },
      { is: 'at least', value: 30 },
    ] as const;
    const ratios = (factor: number) =>
      goals.map((goal) =>
        ratio(
          goal.is,
          around(2).map((value) => value * factor),
          goal,
        ),
      );
    const { figures } = compareReports(
      report({ results: [cost(100, around(0.1)), ...ratios(1)] }),
      report({ results: [cost(100, around(0.05)), ...ratios(2)] }),
    );
    expect(figures.map(({ name, figure, verdict }) => [name, figure, verdict])).toEqual([
      ['cost, 100 peers', 'time', 'faster'],
      ['at most', 'ratio', 'slower'],
      ['at least', 'ratio', 'faster'],
    ]);
  });

  test('a whole swarm is compared by its goodput and by its ratio to the star', () => {
    // Half as fast, but so is the star: the host has become slower, not the swarm.
    const { figures } = compareReports(
      report({ results: [throughput('s', around(1e9), [2e9, 2e9, 2e9, 2e9, 2e9])] }),
      report({ results: [throughput('s', around(5e8), [1e9, 1e9, 1e9, 1e9, 1e9])] }),
    );
    expect(figures.map(({ figure, verdict }) => [figure, verdict])).toEqual([
      ['goodput', 'slower'],
      ['ratio to the star', 'no difference shown'],
    ]);
  });
});

describe('what cannot be compared', () => {
  test('one round shows nothing, and says why', () => {
    const { figures } = compareReports(
      report({ results: [micro('a', [100])] }),
      report({ results: [micro('a', [10])] }),
    );
    expect(figures[0]).toMatchObject({ verdict: 'no difference shown', speedUp: null });
    expect(figures[0]!.note).toContain('--repeat');
  });

  test('other work is no change of speed', () => {
    const { figures } = compareReports(
      report({ results: [micro('a', around(100))] }),
      report({ results: [micro('a', around(900), { checksum: 'ffffffff' })] }),
    );
    expect(figures[0]).toMatchObject({ verdict: 'no difference shown', note: 'the work itself has changed' });
  });

  test('small and full, or two processors, are not alike', () => {
    const before = report({ results: [micro('a', around(100))] });
    const environment = { ...before.environment, cpu: 'Other', cores: 64 };
    const after = report({ size: 'smoke', environment, results: [micro('a', around(900))] });
    const { refusals, figures } = compareReports(before, after);
    expect(figures).toEqual([]);
    expect(refusals).toEqual([
      'size of the benchmarks: full then, smoke now',
      'processor: Processor then, Other now',
      'cores: 2 then, 64 now',
    ]);
  });

  test('another Node or a busier host is compared, with a warning', () => {
    const before = report();
    const environment = { ...before.environment, node: 'v22.1.0' };
    const host = { ...before.host, othersCpuShare: 0.5 };
    const { refusals, warnings } = compareReports(before, report({ environment, host }));
    expect(refusals).toEqual([]);
    expect(warnings[0]).toBe('Node v20.20.2 then, v22.1.0 now');
    expect(warnings[1]).toContain('2 % of the processors then and 50 % now');
  });

  test('benchmarks that only one run has are named', () => {
    const { onlyBefore, onlyAfter } = compareReports(
      report({ results: [micro('old', [1])] }),
      report({ results: [micro('new', [1])] }),
    );
    expect({ onlyBefore, onlyAfter }).toEqual({ onlyBefore: ['old'], onlyAfter: ['new'] });
  });
});
