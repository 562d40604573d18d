/** A mistake of a YAML text, before anybody asks what its keys mean. */
import { isCollection, visit, type Document } from 'yaml';

/** A mistake at a position in the text. */
export interface YamlMistake {
  readonly offset: number;
  readonly message: string;
  readonly suggestion?: string;
}

/** What the parser says of a mistake, with the text in which it said so. */
export interface ParserError {
  readonly text: string;
  readonly document: Document;
  readonly code: string;
  readonly words: string;
  readonly offset: number;
}

/** Says a mistake of one kind in plain words; `undefined` for the other kinds. */
export type Recogniser = (error: ParserError) => YamlMistake | undefined;

export interface Line {
  readonly start: number;
  readonly text: string;
}

export function lineAt(text: string, offset: number): Line {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return { start, text: text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '') };
}

/** From 1. */
export function lineNumber(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export interface FlowCollection {
  readonly start: number;
  readonly end: number;
  readonly isClosed: boolean;
}

/** Lists in [ ] and maps in { }, outer ones first. */
export function flowCollections({ document, text }: ParserError): FlowCollection[] {
  const found: FlowCollection[] = [];
  visit(document, {
    Collection(_key, node) {
      if (!isCollection(node) || node.flow !== true || !node.range) return;
      const [start, end] = node.range;
      found.push({ start, end, isClosed: text[end - 1] === closerOf(text[start]!) });
    },
  });
  return found;
}

export function closerOf(opener: string): string {
  return opener === '[' ? ']' : '}';
}

/** A text in quotes of the kind that needs no escapes for it. */
export function quoted(word: string): string {
  return /["\\]/.test(word) ? `'${word.replaceAll("'", "''")}'` : `"${word}"`;
}
