/** Rows of whole numbers as text: varints of the differences to the row before, in base64. No Node, no browser. */
const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map(Array.from(SIGNS, (sign, value) => [sign, value]));

/** Rows of `width` numbers, one after another; each from 0 to 2^32 − 1. */
export function packRows(numbers: readonly number[], width: number): string {
  let text = '';
  const before = new Array<number>(width).fill(0);
  const parts: string[] = [];
  numbers.forEach((number, at) => {
    const difference = number - before[at % width]!;
    before[at % width] = number;
    // Small ones of either sign become small ones without.
    let rest = difference < 0 ? -2 * difference - 1 : 2 * difference;
    while (rest >= 32) {
      text += SIGNS[32 + (rest % 32)]!;
      rest = Math.floor(rest / 32);
    }
    text += SIGNS[rest]!;
    if (text.length > 8192) {
      parts.push(text);
      text = '';
    }
  });
  return parts.join('') + text;
}

/** @throws {Error} the text is none of `packRows` */
export function unpackRows(text: string, width: number): number[] {
  const before = new Array<number>(width).fill(0);
  const numbers: number[] = [];
  let value = 0;
  let scale = 1;
  for (const sign of text) {
    const bits = VALUES.get(sign);
    if (bits === undefined) throw new Error(`no row of numbers: ${sign}`);
    value += (bits % 32) * scale;
    scale *= 32;
    if (bits >= 32) continue;
    const difference = value % 2 === 1 ? -(value + 1) / 2 : value / 2;
    const column = numbers.length % width;
    before[column]! += difference;
    numbers.push(before[column]!);
    value = 0;
    scale = 1;
  }
  return numbers;
}
