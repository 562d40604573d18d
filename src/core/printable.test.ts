import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printable, printableData, printableJson } from './printable.ts';

const ACTS = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;
const text = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
    fc.constantFrom('\u202e', '\u2066', '\u200f', '\u061c', '😀', 'é'),
  ),
});

it('no text acts upon a terminal, and each sign keeps its column', () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(printable(given)).not.toMatch(ACTS);
      expect(printable(given)).toHaveLength(given.length);
    }),
  );
  expect(printable('\u001b[2Jhello\u0007\u007f')).toBe('␛[2Jhello␇␡');
});

it('data keep their shape, and JSON its values', () => {
  fc.assert(
    fc.property(text, text, (key, value) => {
      const data = { [`k${key}`]: [value, 1, null] };
      expect(JSON.stringify(printableData(data))).toBe(
        JSON.stringify({ [`k${printable(key)}`]: [printable(value), 1, null] }),
      );
      expect(printableJson(data)).not.toMatch(ACTS);
      expect(JSON.parse(printableJson(data))).toEqual(data);
    }),
  );
});
