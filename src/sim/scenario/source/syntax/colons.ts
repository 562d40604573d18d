/** Keys without a colon, or without the space behind it. */
import type { Document } from 'yaml';
import { isMap, isScalar, visit } from 'yaml';
import { lineAt, type ParserError, type YamlMistake } from './yaml-mistake.ts';

const KEY = /^(?<key>"[^"]*"|'[^']*'|[\w.-]+)/.source;
const NO_SPACE = new RegExp(`${KEY}:(?<value>[^\\s/].*)$`);
const ODD_SPACE = new RegExp(`${KEY}:[^\\S \\t\\r\\n]`);
const EQUALS = new RegExp(`${KEY}\\s*=\\s*(?<value>\\S.*)$`);

/** Of a line that should begin with a key. */
export function keysWithoutColon({ text, offset, code, words }: ParserError): YamlMistake | undefined {
  if (code !== 'MULTILINE_IMPLICIT_KEY' && !words.startsWith('Implicit map keys need')) return undefined;
  const line = lineAt(text, offset);
  const content = line.text.slice(offset - line.start).replace(/\s+#.*$/, '');
  return (
    colonMistake(content, offset) ?? {
      offset,
      message: 'this line has no key with a colon after it',
      suggestion: 'write key: value',
    }
  );
}

/** Where the parser stumbles over a line because the one above it, which a comment ends, is no pair of key and value. */
export function colonsAbove({ text, offset, code }: ParserError): YamlMistake | undefined {
  if (code !== 'BAD_INDENT') return undefined;
  const above = lineAt(text, Math.max(0, lineAt(text, offset).start - 1));
  const parts = /^( *(?:- +)*)(\S.*?)(?:\s+#.*)?\s*$/.exec(above.text);
  return parts === null ? undefined : colonMistake(parts[2]!, above.start + parts[1]!.length);
}

function colonMistake(content: string, offset: number): YamlMistake | undefined {
  const noSpace = NO_SPACE.exec(content)?.groups;
  if (noSpace !== undefined) return missingSpace(noSpace.key!, noSpace.value!, offset);
  const odd = ODD_SPACE.exec(content)?.groups;
  if (odd !== undefined) {
    const message = 'the character after the colon only looks like a space';
    return { offset: offset + odd.key!.length + 1, message, suggestion: 'replace it with a space' };
  }
  const equals = EQUALS.exec(content)?.groups;
  if (equals === undefined) return undefined;
  const message = 'a key is followed by a colon, not by an equals sign';
  return {
    offset: offset + content.indexOf('='),
    message,
    suggestion: `write ${equals.key!}: ${equals.value!}`,
  };
}

function missingSpace(key: string, value: string, offset: number): YamlMistake {
  return {
    offset: offset + key.length + 1,
    message: 'a space is missing after the colon',
    suggestion: `write ${key}: ${value.trim()}`,
  };
}

/** Where the number begins whose decimals the parser takes for a key: `{ size: 1,5 MB }`. */
function decimalComma(text: string, offset: number): number | undefined {
  const before = /(?<=:[ \t]+)[+-]?\d+,$/.exec(text.slice(0, offset));
  return before !== null && /^\d/.test(text.slice(offset)) ? before.index : undefined;
}

/** What the parser takes for a word, since nothing forbids colons in words. */
export function colonsInWords(document: Document, text: string): YamlMistake[] {
  const { contents } = document;
  if (isScalar(contents) && contents.type === 'PLAIN' && contents.range) {
    const line = lineAt(text, contents.range[0]);
    const found = colonMistake(line.text.slice(contents.range[0] - line.start), contents.range[0]);
    return found === undefined ? [] : [found];
  }
  const mistakes: YamlMistake[] = [];
  visit(document, {
    Pair(_key, { key, value }, ancestors) {
      if (!isScalar(key) || key.type !== 'PLAIN' || !key.range) return;
      const [offset] = key.range;
      const word = String(key.value);
      const map = ancestors.at(-1);
      const isFlow = isMap(map) && map.flow === true;
      const noValue = value === null || (isScalar(value) && value.source === '');
      const commaAt = isFlow && noValue ? decimalComma(text, offset) : undefined;
      if (commaAt !== undefined) {
        const written = `${text.slice(commaAt, offset)}${word}`;
        const message = `${written} has a decimal comma; here a comma begins another key`;
        mistakes.push({ offset: commaAt, message, suggestion: `write ${written.replace(',', '.')}` });
        return;
      }
      const noSpace = isFlow && noValue ? NO_SPACE.exec(word)?.groups : undefined;
      if (noSpace !== undefined) mistakes.push(missingSpace(noSpace.key!, noSpace.value!, offset));
      else if (/^[^\S \t\r\n]/.test(word)) {
        const message = 'this line begins with a character that only looks like a space';
        mistakes.push({ offset, message, suggestion: 'indent it with spaces' });
      }
    },
  });
  return mistakes;
}
