import { describe, expect, it } from 'vitest';
import { formatBytes, formatRate } from './units.ts';

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
