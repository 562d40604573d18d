import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactDuration, exactRate } from './exact-format.ts';
import { formatBytes, formatDuration, formatPercent, formatRate, formatRatio } from './format.ts';

describe('figures as people read them', () => {
  it.each([
    [0, '0 B'],
    [1000, '1000 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [1537, '1.50 KiB'],
    [1_048_575, '1.00 MiB'],
    [1024 * 1023.7, '1.00 MiB'],
    [123_456_789, '118 MiB'],
    [10_485_759, '10.0 MiB'],
    [0.4, '0 B'],
    [-1536, '-1.5 KiB'],
    [3 * 1024 ** 5, '3 PiB'],
    [20 * 1024 ** 2, '20 MiB'],
    [3 * 1024 ** 3, '3 GiB'],
    [null, '–'],
  ])('%s bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0 bit/s'],
    [100, '800 bit/s'],
    [125, '1 kbit/s'],
    [255_292, '2.04 Mbit/s'],
    [2_500_000, '20 Mbit/s'],
    [1.3e9, '10.4 Gbit/s'],
    [null, '–'],
  ])('%s bytes a second are %s', (rate, text) => {
    expect(formatRate(rate)).toBe(text);
  });

  it.each([
    [0, '0 ms'],
    [0.004, '< 0.01 ms'],
    [0.42, '0.42 ms'],
    [45.34, '45.3 ms'],
    [999.4, '999 ms'],
    [999.9, '1.00 s'],
    [59_994, '60.0 s'],
    [59_996, '1 min 00 s'],
    [123_000, '2 min 03 s'],
    [3_599_600, '1 h 00 min'],
    [5_400_000, '1 h 30 min'],
    [-1500, '-1.5 s'],
    [null, '–'],
    [Infinity, '–'],
  ])('%s ms are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [0, '0 %'],
    [1e-13, '0 %'],
    [0.0004, '< 0.1 %'],
    [0.0594, '5.9 %'],
    [1, '100 %'],
    [null, '–'],
    [NaN, '–'],
  ])('a share of %s is %s', (share, text) => {
    expect(formatPercent(share)).toBe(text);
  });

  it('ratios have two decimals', () => {
    expect([formatRatio(1.125), formatRatio(null)]).toEqual(['1.13', '–']);
  });

  it.each([
    [30_000, '30 s'],
    [29_999.6, '30.0 s'],
    [1500, '1.5 s'],
    [1501, '1.50 s'],
    [45, '45 ms'],
    [35_400.000_000_002, '35.4 s'],
  ])('%s ms, exact or rounded to three digits, are %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('read as what somebody has set reads, wherever three digits are exact', () => {
    const threeDigits = fc.integer({ min: 1, max: 999 });
    const exactMs = fc.oneof(
      threeDigits,
      threeDigits.map((n) => n * 10),
      fc.integer({ min: 10, max: 599 }).map((n) => n * 100),
      fc.integer({ min: 1, max: 3599 }).map((n) => n * 1000),
      fc.integer({ min: 1, max: 1440 }).map((n) => n * 60_000),
    );
    fc.assert(
      fc.property(exactMs, threeDigits, fc.integer({ min: 0, max: 5 }), (ms, n, zeros) => {
        expect(formatDuration(ms)).toBe(exactDuration(ms));
        const bytesPerSec = (n * 10 ** zeros * 1000) / 8;
        expect(formatRate(bytesPerSec)).toBe(exactRate(bytesPerSec));
      }),
    );
  });

  it('are short, whatever the figure', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e15, noNaN: true }), (value) => {
        for (const format of [formatBytes, formatRate, formatDuration])
          expect(format(value).length).toBeLessThanOrEqual(18);
      }),
    );
  });
});
