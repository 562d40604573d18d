/** Text in lines that are no wider than a terminal, which would cut words otherwise. */
import stringWidth from 'string-width';
import { wrap } from '../../sim/report/wrap.ts';

const CONTINUED = '  ';
/** A source line with its number, and below it a caret: `    5 | peers: {` and `      |     ^`. */
const EXCERPT = /^ *\d+ \| /;
const CARET = /^ +\| *\^$/;

/**
 * Lines that are too wide are broken at blanks and go on two columns further in. Of a source line that a caret points
 * at, the part around the caret is shown.
 */
export function fitLines(text: string, columns: number): string {
  const lines = text.split('\n');
  const fitted: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const next = lines[at + 1] ?? '';
    if (EXCERPT.test(line) && CARET.test(next)) {
      fitted.push(...fitExcerpt(line, next, columns));
      at++;
    } else fitted.push(fitLine(line, columns));
  }
  return fitted.join('\n');
}

/** As `fitLines`, for prose that stands in several lines of the source: they are one paragraph first. */
export function fitProse(text: string, columns: number): string {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const last = lines.at(-1) ?? '';
    if (line.trim() !== '' && last.trim() !== '' && isProse(line) && indentOf(line) === indentOf(last))
      lines[lines.length - 1] = `${last} ${line.trim()}`;
    else lines.push(line);
  }
  return lines
    .map((line) => (isProse(line) ? wrap(line, columns, indentOf(line)) : fitLine(line, columns)))
    .join('\n');
}

/** Lists of options and examples are indented a little, sentences not at all, or far below an example. */
function isProse(line: string): boolean {
  const indent = indentOf(line).length;
  return indent === 0 || indent >= 6;
}

function indentOf(line: string): string {
  return /^ */.exec(line)![0];
}

function fitLine(line: string, columns: number): string {
  return stringWidth(line) <= columns ? line : wrap(line, columns, indentOf(line) + CONTINUED);
}

function fitExcerpt(line: string, caretLine: string, columns: number): [string, string] {
  const margin = EXCERPT.exec(line)![0];
  const source = line.slice(margin.length);
  const caretAt = caretLine.length - 1 - margin.length;
  const room = columns - margin.length;
  if (stringWidth(source) <= room || caretAt < 0) return [line, caretLine];
  const from = caretAt < room - 4 ? 0 : caretAt - Math.floor(room / 2);
  const before = from > 0 ? '…' : '';
  const shown = source.slice(from + before.length);
  const clipped =
    shown.length <= room - before.length ? shown : `${shown.slice(0, room - before.length - 1)}…`;
  const bar = caretLine.slice(0, margin.length);
  return [`${margin}${before}${clipped}`, `${bar}${caretLine.slice(margin.length + from)}`];
}
