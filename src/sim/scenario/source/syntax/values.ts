/** Values that need quotes, or have quotes at the wrong place. */
import { isScalar, visit } from 'yaml';
import { flowCollections, lineAt, quoted, type ParserError, type YamlMistake } from './yaml-mistake.ts';

/** A word with `${name}` in it, of which the parser stumbled over the brace: `{ up: ${up} }` opens a map there. */
export function unquotedVariables({ text, offset }: ParserError): YamlMistake | undefined {
  if (text.slice(offset - 1, offset + 1) !== '${') return undefined;
  const before = /[^\s,:[\]{}"']*$/.exec(text.slice(0, offset))![0];
  const after = /^\{[^{}\n]*\}(?:[^\s,[\]{}"']|\{[^{}\n]*\})*/.exec(text.slice(offset))?.[0];
  if (after === undefined) return undefined;
  const word = before + after;
  return {
    offset: offset - before.length,
    message: `${word} needs quotes inside { } and [ ]`,
    suggestion: `write "${word}"`,
  };
}

const RESERVED = new Set(['BAD_SCALAR_START', 'BAD_ALIAS']);

/** `@`, `%`, a backquote, a lone `*`; and `|`, `>` or a closing bracket, which mean something else there. */
export function reservedSigns(error: ParserError): YamlMistake | undefined {
  const { text, offset, code, words } = error;
  const isClosing = /^Unexpected flow-(?:map|seq)-end token/.test(words);
  if (RESERVED.has(code) || (isClosing && isValueStart(text, offset))) return needsQuotes(error, offset);
  if (code !== 'UNEXPECTED_TOKEN' && code !== 'BLOCK_AS_IMPLICIT_KEY') return undefined;
  const line = lineAt(text, offset);
  const sign = /(?::|^ *-)[ \t]+([|>?])/.exec(line.text.slice(0, offset - line.start + 1));
  if (sign === null) return undefined;
  return needsQuotes(error, line.start + sign.index + sign[0].length - 1);
}

function isValueStart(text: string, offset: number): boolean {
  const line = lineAt(text, offset);
  return /(?::|^ *-)[ \t]+$/.test(line.text.slice(0, offset - line.start));
}

function needsQuotes(error: ParserError, offset: number): YamlMistake {
  const word = wordAt(error, offset);
  return {
    offset,
    message: `a value that begins with ${error.text[offset]!} needs quotes`,
    suggestion: `write ${quoted(word)}`,
  };
}

/** The value that begins there, up to a comment or what ends it. */
function wordAt(error: ParserError, offset: number): string {
  const line = lineAt(error.text, offset);
  const rest = line.text.slice(offset - line.start).replace(/\s+#.*$/, '');
  const inside = flowCollections(error).some(({ start, end }) => start < offset && offset < end);
  return (inside ? rest.replace(/[,\]}].*$/, '') : rest).trim();
}

/** `description: a swarm: fast`. */
export function colonsInValues(error: ParserError): YamlMistake | undefined {
  const { offset, code } = error;
  if (code !== 'BLOCK_AS_IMPLICIT_KEY') return undefined;
  const word = wordAt(error, offset);
  if (!/:(?:\s|$)/.test(word)) return undefined;
  const message = 'a value that has a colon and a space in it needs quotes';
  return { offset, message, suggestion: `write ${quoted(word)}` };
}

export function listsBesideKeys({ words, offset }: ParserError): YamlMistake | undefined {
  if (!words.startsWith('Unexpected block-seq-ind on same line')) return undefined;
  const message = 'a list with - cannot begin on the line of its key';
  return { offset, message, suggestion: 'begin it on the next line, or write [a, b]' };
}

export function quotes(error: ParserError): YamlMistake | undefined {
  const { text, offset, words, code } = error;
  if (code === 'BAD_DQ_ESCAPE') {
    const escape = text.slice(offset, offset + 2);
    const message = `${escape} is not a valid escape in double quotes`;
    return { offset, message, suggestion: `write \\${escape} for a backslash, or use single quotes` };
  }
  const isUnclosed = words.startsWith('Missing closing');
  if (!isUnclosed && !/^Unexpected scalar (?:at node end|token)/.test(words)) return undefined;
  const start = quotedBefore(error);
  if (start === undefined) return undefined;
  const quote = text[start]!;
  if (isUnclosed) {
    const message = `the quote ${quote} is not closed`;
    return { offset: start, message, suggestion: `write ${quote} at the end of the text` };
  }
  const other = quote === '"' ? "'" : '"';
  return {
    offset,
    message: 'the quoted text ends before this',
    suggestion: `put a text that has ${quote} in it between ${other} and ${other}`,
  };
}

/** Where the text in quotes begins that ends at the mistake. */
function quotedBefore({ document, text, offset }: ParserError): number | undefined {
  let found: number | undefined;
  visit(document, {
    Scalar(_key, node) {
      if (!isScalar(node) || !node.range || (node.type !== 'QUOTE_DOUBLE' && node.type !== 'QUOTE_SINGLE'))
        return;
      const [start, end] = node.range;
      if (end <= offset && text.slice(end, offset).trim() === '') found = start;
    },
  });
  return found;
}

export function comments({ words, offset }: ParserError): YamlMistake | undefined {
  if (!words.startsWith('Comments must be separated')) return undefined;
  return { offset, message: 'a space is missing before the #', suggestion: 'write a space before a comment' };
}
