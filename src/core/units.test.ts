import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatRate, parseBytes } from './units.ts';

describe('parseBytes', () => {
  it.each([
    ['0', 0],
    ['1000', 1000],
    ['7 B', 7],
    ['12 bytes', 12],
    ['64k', 65_536],
    ['64K', 65_536],
    ['256KiB', 262_144],
    ['256 kib', 262_144],
    ['4Mi', 4_194_304],
    ['1kB', 1000],
    ['1.5MiB', 1_572_864],
    ['1.1 MB', 1_100_000],
    ['1GB', 1_000_000_000],
    ['2TiB', 2_199_023_255_552],
    [' 5 ', 5],
  ])('reads %j as %i bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each(['', 'k', '-1', '1e3', '1,000', '0x10', '1.5', '1.0001KiB', '10Mb', '10Mbit', '9000TiB', '1 K iB'])(
    'refuses %j rather than guess',
    (text) => {
      expect(parseBytes(text)).toBeUndefined();
    },
  );

  it('gives a whole, safe number or nothing for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = parseBytes(text);
        expect(bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= 0)).toBe(true);
      }),
    );
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.50 KiB'],
    [262_144, '256 KiB'],
    [1_048_575, '1.00 MiB'],
    [123_456_789, '118 MiB'],
    [10_485_759, '10.0 MiB'],
    [0.4, '0 B'],
    [-1536, '-1.50 KiB'],
    [3 * 1024 ** 5, '3 PiB'],
  ])('writes %i as %j', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });
});

describe('formatRate', () => {
  it.each([
    [0, '0 bit/s'],
    [100, '800 bit/s'],
    [125, '1 kbit/s'],
    [255_292, '2.04 Mbit/s'],
    [1.3e9, '10.4 Gbit/s'],
  ])('writes %d bytes a second as %j', (bytesPerSec, text) => {
    expect(formatRate(bytesPerSec)).toBe(text);
  });
});
