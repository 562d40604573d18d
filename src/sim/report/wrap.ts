import wrapAnsi from 'wrap-ansi';

const UNITS = '%|pp|ms|s|min|h|days|B|[KMGT]iB|[kMG]?bit/s|×';
/** A number and its unit are one word: `348 ms` is never broken. */
const QUANTITY = new RegExp(String.raw`(?<=\d) (?=(?:${UNITS})(?![\w/]))`, 'gu');
const NO_BREAK = '\u00a0';

/**
 * Breaks a text at blanks so that no line is wider; later lines begin with `indent`. Words are never cut. Widths are
 * those of a terminal: a Chinese sign has two columns, an escape sequence none.
 */
export function wrap(text: string, width: number, indent: string): string {
  const start = /^ */.exec(text)![0];
  const words = text
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(QUANTITY, NO_BREAK);
  const room = Math.max(1, width - Math.max(start.length, indent.length));
  const lines = wrapAnsi(words, room, { hard: false }).replaceAll('\n', `\n${indent}`);
  return start + lines.replaceAll(NO_BREAK, ' ');
}
