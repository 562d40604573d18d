/** Text of users and of other programs, made safe to show: nothing in it acts upon a terminal. */

/** Whatever moves the cursor, colours the terminal or turns the order of the text; not tabs and ends of lines. */
const UNPRINTABLE = /[^\P{Cc}\t\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** One sign for one, so that columns stay as they are: `␛` for an escape, `\ufffd` where there is no picture. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (sign) => {
    const code = sign.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** The same of what must stay in one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\u240a');
}

/** Plain data with every text in it, keys too, made printable. */
export function printableData<T>(data: T): T {
  return mapped(data) as T;
}

function mapped(data: unknown): unknown {
  if (typeof data === 'string') return printable(data);
  if (Array.isArray(data)) return data.map(mapped);
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [printable(key), mapped(value)]));
}

/** The same data as `JSON.stringify` gives, indented (0: in one line); what is unprintable stands there as an escape of JSON. */
export function printableJson(data: unknown, indent = 2): string {
  return JSON.stringify(data, null, indent).replaceAll(
    UNPRINTABLE,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
