import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  durationUnits,
  frequencyUnits,
  rateUnits,
  readQuantity,
  shareUnits,
  sizeUnits,
} from './quantities.ts';

const kinds = [durationUnits, rateUnits, sizeUnits, shareUnits, frequencyUnits];

describe('a quantity', () => {
  test.each([
    [durationUnits, '50ms', 50],
    [durationUnits, '2s', 2000],
    [durationUnits, '1.5min', 90_000],
    [durationUnits, '1.1 s', 1100],
    [durationUnits, '250us', 0.25],
    [rateUnits, '20Mbit/s', 2_500_000],
    [rateUnits, '2MB/s', 2_000_000],
    [rateUnits, '512kbit/s', 64_000],
    [rateUnits, '1Gbit/s', 125_000_000],
    [rateUnits, '1MiB/s', 1_048_576],
    [rateUnits, '1Mibit/s', 131_072],
    [sizeUnits, '4MiB', 4_194_304],
    [sizeUnits, '10GB', 10_000_000_000],
    [sizeUnits, '1TiB', 2 ** 40],
    [shareUnits, '50%', 0.5],
    [frequencyUnits, '30/min', 0.5],
  ])('of %o written %s is %d', (kind, text, value) => {
    expect(readQuantity(kind, text)).toEqual({ ok: true, value });
  });

  test.each([
    [durationUnits, 50, '50 has no unit', 'write 50ms or 50s'],
    [durationUnits, '0', '0 has no unit', 'write 0ms or 0s'],
    [durationUnits, '3 seconds', '"seconds" is not a unit of a duration', 'write 3s'],
    [durationUnits, '5m', '"m" is not a unit of a duration', 'write 5min'],
    [rateUnits, '10mbps', '"mbps" is not a unit of a rate', 'write 10Mbit/s or 10MB/s'],
    [rateUnits, '10Mb/s', '"Mb/s" is not a unit of a rate', 'write 10Mbit/s or 10MB/s'],
    [rateUnits, '10Mbit', '"Mbit" is not a unit of a rate', 'write 10Mbit/s'],
    [rateUnits, '8Mbits', '"Mbits" is not a unit of a rate', 'write 8Mbit/s'],
    [rateUnits, '8MBytes', '"MBytes" is not a unit of a rate', 'write 8MB/s'],
    [sizeUnits, '4MIB', '"MIB" is not a unit of a size', 'write 4MiB'],
    [sizeUnits, '1,5 MB', '"1,5 MB" has a decimal comma', 'write 1.5 MB'],
    [shareUnits, 0.5, '0.5 has no unit', 'write 0.5%'],
    [durationUnits, '-1s', '-1s is negative', 'write a duration such as 50ms, 2s, 1.5min'],
    [durationUnits, null, 'has no value', 'write a duration such as 50ms, 2s, 1.5min'],
    [durationUnits, 'soon', '"soon" is not a duration', 'write a duration such as 50ms, 2s, 1.5min'],
  ])('of %o written %o is refused with a fix', (kind, text, message, suggestion) => {
    expect(readQuantity(kind, text)).toEqual({ ok: false, message, suggestion });
  });

  test('is read from every unit that is proposed, and nothing that is not one throws', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.oneof(fc.anything(), fc.string()), (kind, input) => {
        const reading = readQuantity(kind, input);
        if (reading.ok) expect(reading.value).toBeGreaterThanOrEqual(0);
        else expect(reading.message).not.toBe('');
      }),
    );
  });
});
