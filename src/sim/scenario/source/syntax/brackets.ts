/** Brackets without their partner, and commas that are missing or too many. */
import {
  closerOf,
  flowCollections,
  lineAt,
  lineNumber,
  type FlowCollection,
  type ParserError,
  type YamlMistake,
} from './yaml-mistake.ts';

export function unclosedBrackets(error: ParserError): YamlMistake | undefined {
  const { text, words, offset } = error;
  if (!/^Flow .* end with a /.test(words)) return undefined;
  const opened = flowCollections(error).findLast(({ start, isClosed }) => !isClosed && start < offset);
  if (opened === undefined) return undefined;
  const opener = text[opened.start]!;
  const closer = closerOf(opener);
  const rest = text.slice(offset);
  const at = offset + rest.length - rest.trimStart().length;
  const found = text[at];
  if ((found === '}' || found === ']') && found !== closer) {
    const message = `the bracket ${opener} is not closed before this ${found}`;
    return { offset: at, message, suggestion: `write ${closer} before it, or instead of it` };
  }
  if (closesLater(rest)) return tooFarLeft(text, at, opened);
  return {
    offset: opened.start,
    message: `the bracket ${opener} is not closed`,
    suggestion: `write ${closer} after its last item`,
  };
}

/** The bracket is closed, but its lines do not look like a part of what they stand in. */
function tooFarLeft(text: string, at: number, { start }: FlowCollection): YamlMistake {
  const opener = text[start]!;
  return {
    offset: at,
    message: `this line is inside the bracket ${opener} of line ${lineNumber(text, start)}, but is indented less`,
    suggestion: `indent everything up to the ${closerOf(opener)}`,
  };
}

/** Whether a bracket is closed that was not opened here; brackets in texts and comments do not count. */
function closesLater(rest: string): boolean {
  let depth = 0;
  const plain = rest.replaceAll(/"[^"\n]*"|'[^'\n]*'|(?:^|\s)#[^\n]*/g, ' ');
  for (const sign of plain) {
    if (sign === '[' || sign === '{') depth++;
    else if (sign === ']' || sign === '}') depth--;
    if (depth < 0) return true;
  }
  return false;
}

/** A closing bracket that nothing was opened for. */
export function extraBrackets({ text, words, offset }: ParserError): YamlMistake | undefined {
  if (!/^Unexpected flow-(?:map|seq)-end token/.test(words)) return undefined;
  return { offset, message: `this ${text[offset]!} closes nothing`, suggestion: 'remove it' };
}

export function commas(error: ParserError): YamlMistake | undefined {
  const { text, code, words, offset } = error;
  if (/^Unexpected , in flow/.test(words)) {
    return { offset, message: 'this comma has nothing before it', suggestion: 'remove it' };
  }
  const inside = flowCollections(error).some(({ start, end }) => start < offset && offset < end);
  const suggestion = 'write a comma between two items';
  if (/^Missing , /.test(words) || (inside && /^Unexpected [\w-]+(?: at node end| token$)/.test(words))) {
    return { offset, message: 'a comma is missing before this', suggestion };
  }
  if (code !== 'BLOCK_IN_FLOW') return undefined;
  if (/^-\s/.test(text.slice(offset))) {
    const message = 'a list with - cannot be inside { } or [ ]';
    return { offset, message, suggestion: 'write it as [a, b]' };
  }
  const next = /(?<=[\s"'])("[^"\n]*"|'[^'\n]*'|[\w.-]+)\s*:/.exec(text.slice(offset));
  if (next === null) return undefined;
  return { offset: offset + next.index, message: `a comma is missing before ${next[1]!}`, suggestion };
}

/** `expect: [a] < 3`: a bracket at the start makes a list of it. */
export function behindBrackets({ text, words, offset }: ParserError): YamlMistake | undefined {
  if (!/^Unexpected [\w-]+ at node end/.test(words)) return undefined;
  const line = lineAt(text, offset);
  const bracket = /[\]}](?=\s*$)/.exec(text.slice(line.start, offset));
  if (bracket === null) return undefined;
  const message = `the value ends with the bracket ${bracket[0]}, but the line continues`;
  return { offset, message, suggestion: 'remove the rest, or put the whole value in quotes' };
}
