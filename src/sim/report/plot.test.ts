import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SwarmSample } from '../result/result.ts';
import { barChart, increments, resample, sparkline } from './plot.ts';

function sample(atMs: number, usefulBytes: number): SwarmSample {
  return {
    atMs,
    usefulBytes,
    payloadSentBytes: 0,
    controlSentBytes: 0,
    peersAlive: 0,
    peersCompleted: 0,
    progress: 0,
  };
}

const useful = ({ usefulBytes }: SwarmSample) => usefulBytes;

describe('pictures of text', () => {
  it('interpolate amounts and step counts', () => {
    const samples = [sample(0, 0), sample(100, 100)];
    expect(resample(samples, 4, useful, 'line')).toEqual([25, 50, 75, 100]);
    expect(resample(samples, 4, useful, 'steps')).toEqual([0, 0, 0, 100]);
    expect(resample([], 4, useful, 'line')).toEqual([]);
  });

  it('show zero as blank, anything more as something, and only the top as full', () => {
    expect(sparkline([0, 0.001, 50, 99.9, 100])).toBe(' ▁▄▇█');
    expect(sparkline([0, 0])).toBe('  ');
  });

  it('draw a chart with its scale', () => {
    expect(barChart([0, 1, 2, 4], { height: 2, top: 4, endMs: 2000, label: '4 B' })).toBe(
      ['4 B │   █', '    │ ▄██', '  0 └────', '     02 s'].join('\n'),
    );
  });

  it('end where the samples end, and lose nothing between', () => {
    const rising = fc.array(fc.tuple(fc.integer({ min: 1, max: 500 }), fc.nat(1000)), { minLength: 1 });
    fc.assert(
      fc.property(rising, fc.integer({ min: 1, max: 80 }), (steps, width) => {
        let atMs = 0;
        let bytes = 0;
        const samples = steps.map(([step, more]) => sample((atMs += step), (bytes += more)));
        const values = resample(samples, width, useful, 'line');
        expect(values).toHaveLength(width);
        expect(values.at(-1)).toBe(bytes);
        expect(increments(values).reduce((sum, value) => sum + value, 0)).toBeCloseTo(bytes, 6);
      }),
    );
  });
});
