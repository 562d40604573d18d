/** Lines that begin at a column where nothing can begin. */
import { lineAt, lineNumber, type ParserError, type YamlMistake } from './yaml-mistake.ts';

/** Where a line may begin, and what begins there. */
interface Column {
  readonly spaces: number;
  readonly isItem: boolean;
}

export function tabs({ text, offset, code }: ParserError): YamlMistake | undefined {
  const line = lineAt(text, offset);
  const before = /^[ \t]*/.exec(line.text)![0];
  const isHere = code === 'TAB_AS_INDENT' || (code === 'BAD_INDENT' && offset <= line.start + before.length);
  if (!isHere || !before.includes('\t')) return undefined;
  return {
    offset: line.start + before.indexOf('\t'),
    message: 'this line is indented with a tab',
    suggestion: 'indent it with spaces',
  };
}

/** A line that is indented below one that has a value: `seed: 1`, and below it `  peers: …`. */
export function belowValue({ text, offset, code }: ParserError): YamlMistake | undefined {
  if (code !== 'BLOCK_AS_IMPLICIT_KEY') return undefined;
  const line = lineAt(text, offset);
  const lineEnd = line.start + line.text.length;
  if (/:(?:\s|$)/.test(text.slice(offset, lineEnd))) return undefined;
  const below = /^\s*\n(?:\s*#[^\n]*\n|\s*\n)*( +)\S/.exec(text.slice(lineEnd));
  if (below === null) return undefined;
  const start = lineEnd + below[0].length - 1;
  const columns = openColumns(text, start - below[1]!.length);
  if (columns.some(({ spaces }) => spaces >= below[1]!.length)) return undefined;
  return {
    offset: start,
    message: `this line is indented below line ${lineNumber(text, offset)}, which already has a value`,
    suggestion: `indent it by ${inWords(columns)}, or remove that value`,
  };
}

export function misplacedLines({ text, offset, code, words }: ParserError): YamlMistake | undefined {
  if (words.startsWith('Flow ')) return undefined;
  const isOfKind =
    ['BAD_INDENT', 'UNEXPECTED_TOKEN', 'BLOCK_AS_IMPLICIT_KEY'].includes(code) ||
    words.startsWith('Sequence item without');
  if (!isOfKind || text.slice(lineAt(text, offset).start, offset).trim() !== '') return undefined;
  const line = lineAt(text, offset + beforeContent(text.slice(offset)));
  const spaces = /^ */.exec(line.text)![0].length;
  const isItem = /^ *-(?:\s|$)/.test(line.text);
  const at = line.start + spaces;
  const columns = openColumns(text, line.start);
  const same = columns.find((column) => column.spaces === spaces);
  if (same === undefined && columns.length > 0) {
    const message = `an indentation of ${spacesText(spaces)} matches no line above`;
    return { offset: at, message, suggestion: `indent it by ${inWords(columns)}` };
  }
  if (same === undefined || same.isItem === isItem) return undefined;
  return isItem
    ? { offset: at, message: 'there is a list item among keys here', suggestion: 'remove the -' }
    : {
        offset: at,
        message: 'there is a key among list items here',
        suggestion: `write - before it, or indent it by ${spacesText(spaces + 2)}`,
      };
}

/** The length of the blank lines and comments at the beginning of a text. */
function beforeContent(text: string): number {
  return /^(?:[^\S\n]*(?:#[^\n]*)?\n)*/.exec(text)![0].length;
}

/** Where the maps and lists begin that are open at a line, the outermost first. */
function openColumns(text: string, lineStart: number): Column[] {
  const columns: Column[] = [];
  const above = text.slice(0, lineStart).split('\n').slice(0, -1).reverse();
  for (const line of above) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, before, dashes] = /^( *)((?:- +)*)/.exec(line)!;
    const own: Column[] = [];
    let spaces = before!.length;
    for (const dash of dashes!.match(/- +/g) ?? []) {
      own.push({ spaces, isItem: true });
      spaces += dash.length;
    }
    own.push({ spaces, isItem: line.slice(spaces).trim() === '-' });
    const least = columns[0]?.spaces ?? Infinity;
    columns.unshift(...own.filter((column) => column.spaces < least));
    if (columns[0]?.spaces === 0) break;
  }
  return columns;
}

/** `0, 2 or 4 spaces`. */
function inWords(columns: readonly Column[]): string {
  const counts = [...new Set(columns.map(({ spaces }) => spaces))];
  if (counts.length === 1) return spacesText(counts[0]!);
  return `${counts.slice(0, -1).join(', ')} or ${spacesText(counts.at(-1)!)}`;
}

function spacesText(count: number): string {
  return `${count} ${count === 1 ? 'space' : 'spaces'}`;
}
