/** What the parser finds wrong, in plain words: the kinds that people meet, and the parser's own words for the rest. */
import { isMap, isScalar, visit, type Document, type YAMLError } from 'yaml';
import { behindBrackets, commas, extraBrackets, unclosedBrackets } from './brackets.ts';
import { colonsAbove, keysWithoutColon } from './colons.ts';
import { belowValue, misplacedLines, tabs } from './indentation.ts';
import {
  colonsInValues,
  comments,
  listsBesideKeys,
  quotes,
  reservedSigns,
  unquotedVariables,
} from './values.ts';
import type { ParserError, Recogniser, YamlMistake } from './yaml-mistake.ts';

/** The first that knows the mistake counts. */
const RECOGNISERS: readonly Recogniser[] = [
  unquotedVariables,
  duplicateKeys,
  tabs,
  documentsAndTags,
  quotes,
  reservedSigns,
  listsBesideKeys,
  unclosedBrackets,
  belowValue,
  colonsInValues,
  keysWithoutColon,
  comments,
  commas,
  behindBrackets,
  misplacedLines,
  colonsAbove,
  extraBrackets,
];

export function syntaxMistake(error: YAMLError, document: Document, text: string): YamlMistake {
  const words = error.message.split('\n')[0]!;
  const said: ParserError = { text, document, code: error.code, words, offset: error.pos[0] };
  for (const recognise of RECOGNISERS) {
    const mistake = recognise(said);
    if (mistake !== undefined) return mistake;
  }
  return {
    offset: said.offset,
    message: 'this is not valid YAML',
    suggestion: `look at quotes, colons and indentation here (the parser says: ${words})`,
  };
}

function duplicateKeys({ document, text, code, offset }: ParserError): YamlMistake | undefined {
  if (code !== 'DUPLICATE_KEY') return undefined;
  let message = 'this key occurs twice in one map';
  visit(document, {
    Map(_key, map) {
      if (!isMap(map)) return undefined;
      const keys = map.items.map(({ key }) => key).filter((key) => isScalar(key));
      const second = keys.find(({ range }) => range?.[0] === offset);
      if (second === undefined) return undefined;
      const first = keys.find(({ value }) => value === second.value)!;
      const line = text.slice(0, first.range![0]).split('\n').length;
      message = `the key "${String(second.value)}" occurs twice in one map, first in line ${line}`;
      return visit.BREAK;
    },
  });
  return { offset, message, suggestion: 'keep one of the two' };
}

function documentsAndTags({ text, code, words, offset }: ParserError): YamlMistake | undefined {
  if (code === 'MULTIPLE_DOCS') {
    const message = 'a second YAML document begins here';
    return { offset, message, suggestion: 'keep one document in a file' };
  }
  if (code === 'TAG_RESOLVE_FAILED') {
    const tag = /^\S+/.exec(text.slice(offset))![0];
    const message = `the tag ${tag} is not allowed here`;
    return { offset, message, suggestion: 'remove it, or put a text that begins with ! in quotes' };
  }
  if (code === 'BAD_DIRECTIVE' || /^Missing directives-end/.test(words)) {
    const at = text.search(/^%/m);
    const message = 'a line that begins with % is an instruction to the parser';
    return { offset: at === -1 ? offset : at, message, suggestion: 'remove it, or put the text in quotes' };
  }
  return undefined;
}
