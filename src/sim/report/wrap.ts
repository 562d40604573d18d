import wrapAnsi from 'wrap-ansi';

/**
 * Breaks a text at blanks so that no line is wider; later lines begin with `indent`. Words are never cut. Widths are
 * those of a terminal: a Chinese sign has two columns, an escape sequence none.
 */
export function wrap(text: string, width: number, indent: string): string {
  const start = /^ */.exec(text)![0];
  const words = text.trim().replaceAll(/\s*\n\s*/g, ' ');
  const room = Math.max(1, width - Math.max(start.length, indent.length));
  return start + wrapAnsi(words, room, { hard: false }).replaceAll('\n', `\n${indent}`);
}
