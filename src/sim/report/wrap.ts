/** Breaks a text at blanks so that no line is wider; later lines begin with `indent`. Words are never cut. */
export function wrap(text: string, width: number, indent: string): string {
  const start = /^ */.exec(text)![0];
  const lines: string[] = [];
  let line = start;
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const blank = line.trim() === '';
    if (!blank && line.length + 1 + word.length > width) {
      lines.push(line);
      line = indent + word;
    } else line = blank ? line + word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
