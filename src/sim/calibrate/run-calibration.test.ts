import { describe, expect, it } from 'vitest';
import { excusedByLateness, NotAvailable, type CalibrationCase, type Finding } from './finding.ts';
import { disturbances } from './host-watch.ts';
import { countVerdicts, renderCalibration } from './render.ts';
import { runCalibration } from './run-calibration.ts';

const finding: Finding = {
  knob: 'up rate',
  setting: '1 connection',
  unit: 'bytes/s',
  configured: 1000,
  measured: 1010,
  error: 1,
  errorUnit: '%',
  tolerance: 2,
};

const reading = { othersCpuShare: 0.1, loopDelayP99Ms: 1, loopDelayMaxMs: 10 };
const watcher = { signal: new AbortController().signal };
const calm = () => [];

function one(run: () => Promise<readonly Finding[]>): CalibrationCase[] {
  return [{ name: 'a case', run }];
}

describe('a calibration', () => {
  it('passes a figure within its tolerance, even on a busy host', async () => {
    for (const judgeHost of [calm, () => ['busy']]) {
      const [row] = await runCalibration(
        one(() => Promise.resolve([finding])),
        watcher,
        judgeHost,
      );
      expect(row).toMatchObject({ verdict: 'pass', note: '' });
    }
  });

  it('fails a figure that was outside three times, when nothing disturbed the host', async () => {
    let runs = 0;
    const cases = one(() => {
      runs++;
      return Promise.resolve([{ ...finding, error: -2.1 }]);
    });
    expect(await runCalibration(cases, watcher, calm)).toMatchObject([{ verdict: 'fail' }]);
    expect(runs).toBe(3);
  });

  it('passes a figure as soon as it was within, whatever others make it measure again', async () => {
    const errors = [3, 1, 3];
    const cases = one(() => {
      const error = errors.shift()!;
      return Promise.resolve([
        { ...finding, error },
        { ...finding, error: 5 },
      ]);
    });
    expect(await runCalibration(cases, watcher, calm)).toMatchObject([
      { verdict: 'pass', error: 1, note: 'measurement 2 of at most 3' },
      { verdict: 'fail', error: 5 },
    ]);
  });

  it('measures three times on a disturbed host, and then says that it cannot tell', async () => {
    let runs = 0;
    const cases = one(() => {
      runs++;
      return Promise.resolve([{ ...finding, error: 3 }]);
    });
    const [row] = await runCalibration(cases, watcher, () => ['others']);
    expect(row).toMatchObject({ verdict: 'inconclusive', note: 'others; measurement 3 of at most 3' });
    expect(runs).toBe(3);
  });

  it('does not fail what was disturbed in any of its measurements', async () => {
    const reasons = [['others'], [], []];
    const [row] = await runCalibration(
      one(() => Promise.resolve([{ ...finding, error: 3 }])),
      watcher,
      () => reasons.shift()!,
    );
    expect(row).toMatchObject({ verdict: 'inconclusive' });
    expect(row!.note).toContain('an earlier one was disturbed');
  });

  it('takes late timers for an excuse only as far as they reach', async () => {
    const late = (host: { loopDelayMaxMs: number }, error: number) =>
      excusedByLateness({ ...finding, error }, 'loopDelayMaxMs', 0.5).excuse?.({ ...reading, ...host });
    expect(late({ loopDelayMaxMs: 4 }, 4)).toBe('timers fired up to 4.0 ms late');
    expect(late({ loopDelayMaxMs: 3.9 }, 4)).toBeUndefined();
    expect(late({ loopDelayMaxMs: 1000 }, Number.NaN)).toBeUndefined();
    const excused = { ...finding, error: 3, excuse: () => 'timers came late' };
    const [row] = await runCalibration(
      one(() => Promise.resolve([excused])),
      watcher,
      calm,
    );
    expect(row).toMatchObject({
      verdict: 'inconclusive',
      note: 'timers came late; measurement 3 of at most 3',
    });
    expect(row).not.toHaveProperty('excuse');
  });

  it('stopped before it could measure again does not call it a fail', async () => {
    const controller = new AbortController();
    const rows = await runCalibration(
      one(() => {
        controller.abort();
        return Promise.resolve([{ ...finding, error: 3 }]);
      }),
      { signal: controller.signal },
      calm,
    );
    expect(rows).toMatchObject([{ verdict: 'inconclusive', note: 'stopped before it was measured again' }]);
  });

  it('allows one slice on top of the tolerance of a share, and no more; an upper limit only above', async () => {
    const verdictOf = async (changes: Partial<Finding>) =>
      (
        await runCalibration(
          one(() => Promise.resolve([{ ...finding, ...changes }])),
          watcher,
          calm,
        )
      )[0]!.verdict;
    expect(await verdictOf({ error: -3.2, slicePercent: 1.3 })).toBe('pass');
    expect(await verdictOf({ error: -3.4, slicePercent: 1.3 })).toBe('fail');
    expect(await verdictOf({ error: -30, isUpperLimit: true })).toBe('pass');
    expect(await verdictOf({ error: 2.1, isUpperLimit: true })).toBe('fail');
  });

  it('takes no figure for a pass where none was measured', async () => {
    const cases = one(() => Promise.resolve([{ ...finding, error: Number.NaN }]));
    expect(await runCalibration(cases, watcher, calm)).toMatchObject([{ verdict: 'fail' }]);
  });

  it('passes a statistical test by its probability', async () => {
    const test: Finding = { ...finding, errorUnit: 'p', tolerance: 0.001 };
    const cases = one(() =>
      Promise.resolve([
        { ...test, error: 0.5 },
        { ...test, error: 0.0001 },
      ]),
    );
    expect(await runCalibration(cases, watcher, calm)).toMatchObject([
      { verdict: 'pass' },
      { verdict: 'fail' },
    ]);
  });

  it('tells what this machine cannot do, with the reason, which is no failure', async () => {
    const rows = await runCalibration(
      one(() => Promise.reject(new NotAvailable('only Linux has it'))),
      watcher,
      calm,
    );
    expect(rows).toMatchObject([{ verdict: 'not available', note: 'only Linux has it' }]);
    expect(countVerdicts(rows)).toBe('1 not available');
    expect(renderCalibration(rows, 'terminal')).toContain('only Linux has it');
  });

  it('does not hide a defect', async () => {
    const cases = one(() => Promise.reject(new TypeError('a defect')));
    await expect(runCalibration(cases, watcher, calm)).rejects.toThrow('a defect');
  });
});

describe('a host', () => {
  it('is disturbed by other programs and by a thread that stands still', () => {
    expect(disturbances(reading)).toEqual([]);
    expect(disturbances({ ...reading, othersCpuShare: 0.4 })).toEqual([
      'other programs used 40 % of the processors',
    ]);
    expect(disturbances({ ...reading, loopDelayMaxMs: 90 })).toEqual(['the thread was blocked for 90 ms']);
  });
});

describe('the table', () => {
  it('shows configured beside measured, with error and tolerance', async () => {
    const rows = await runCalibration(
      one(() => Promise.resolve([finding])),
      watcher,
      calm,
    );
    const [knob, setting, configured, measured, error, tolerance, verdict] = renderCalibration(
      rows,
      'markdown',
    )
      .split('\n')
      .at(-1)!
      .split('|')
      .slice(1)
      .map((cell) => cell.trim());
    expect([knob, setting, error, tolerance, verdict]).toEqual([
      'up rate',
      '1 connection',
      '1.00 %',
      '± 2 %',
      'pass',
    ]);
    expect(configured).toMatch(/^8(\.00)? kbit\/s$/);
    expect(measured).toBe('8.08 kbit/s');
  });

  it('shows the allowance of a slice, and limits that hold on one side', async () => {
    const rows = await runCalibration(
      one(() =>
        Promise.resolve([
          { ...finding, error: -4, tolerance: 5, slicePercent: 1.31 },
          { ...finding, error: -0.3, errorUnit: 'slices', tolerance: 1, isUpperLimit: true },
        ]),
      ),
      watcher,
      calm,
    );
    const cells = renderCalibration(rows, 'markdown')
      .split('\n')
      .slice(-2)
      .map((line) =>
        line
          .split('|')
          .slice(5, 7)
          .map((cell) => cell.trim()),
      );
    expect(cells).toEqual([
      ['-4.00 %', '± 5 % + 1 slice (1.3 %)'],
      ['-0.30 slices', '≤ 1 slice'],
    ]);
  });
});
