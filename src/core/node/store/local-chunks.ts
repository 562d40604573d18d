/**
 * `local_chunks.txt`, the list of the chunks that a folder holds: a line `<index>,<file name>` for each, then
 * `<total>,LASTCHUNK`.
 */
import { StoreError } from '../../errors.ts';

export const LIST_NAME = 'local_chunks.txt';
/**
 * A file of this name beside chunk folders says that they are originals: what a client receives is put there, but not
 * into the list, so that the next start begins anew.
 */
export const KEEP_LISTS_NAME = '.keep-lists';
/** Says which client works in the folder, see `FolderLock`. */
export const LOCK_NAME = '.client.lock';

/** A larger total is taken for a mistake: its bookkeeping alone would fill a gigabyte. */
export const TOTAL_CHUNKS_MAX = 10_000_000;

const LAST_CHUNK = 'LASTCHUNK';

export interface LocalChunk {
  /** 1 to the total. */
  readonly index: number;
  /** A plain file name inside the folder. */
  readonly name: string;
  /** Where it was listed, from 1. */
  readonly line: number;
}

export interface LocalChunks {
  readonly totalChunks: number;
  /** In the order of the file; no index twice. */
  readonly entries: readonly LocalChunk[];
}

/** The name under which our own programs keep a chunk, and the only one that others serve. */
export function chunkName(index: number): string {
  return `chunk_${index}`;
}

/**
 * Reads a list as it is found in the wild: LF or CRLF, with or without a final newline, blanks around the fields,
 * empty lines, a byte order mark.
 *
 * @param fileName for the messages only
 * @throws {StoreError} naming file, line and fix
 */
export function parseLocalChunks(text: string, fileName: string): LocalChunks {
  const entries: LocalChunk[] = [];
  const lineOf = new Map<number, number>();
  let totalChunks: number | undefined;
  let line = 0;
  const fail = (problem: string, at = line) => new StoreError(`${fileName}:${at}: ${problem}`);

  for (const raw of text.replace(/^\uFEFF/, '').split('\n')) {
    line++;
    const content = trimBlanks(raw);
    if (content === '') continue;
    if (totalChunks !== undefined) {
      throw fail(
        content.endsWith(LAST_CHUNK)
          ? `a second ${LAST_CHUNK} line; keep only the one with the right total`
          : `a line after ${LAST_CHUNK}; move it above that line, which must be the last`,
      );
    }
    const comma = content.indexOf(',');
    const number = trimBlanks(comma < 0 ? content : content.slice(0, comma));
    const name = comma < 0 ? '' : trimBlanks(content.slice(comma + 1));
    if (!/^\d+$/.test(number)) {
      throw fail(`"${number}" is not a chunk number; write <number>,<file name>, for example 1,chunk_1`);
    }
    const index = Number(number);
    if (name === LAST_CHUNK) {
      if (index < 1) throw fail('the total is 0; a file has at least one chunk');
      if (index > TOTAL_CHUNKS_MAX) {
        throw fail(`the total is above ${TOTAL_CHUNKS_MAX}; use larger chunks`);
      }
      totalChunks = index;
      continue;
    }
    if (index < 1) throw fail('chunk 0; chunks are numbered from 1');
    const problem = problemOfName(name, index);
    if (problem !== undefined) throw fail(problem);
    const earlier = lineOf.get(index);
    if (earlier !== undefined) {
      throw fail(`chunk ${index} is listed again (first on line ${earlier}); remove one of the two lines`);
    }
    lineOf.set(index, line);
    entries.push({ index, name, line });
  }

  if (totalChunks === undefined) {
    throw fail(`no ${LAST_CHUNK} line; end the file with <total number of chunks>,${LAST_CHUNK}`);
  }
  for (const { index, line: at } of entries) {
    if (index > totalChunks) {
      throw fail(`chunk ${index} is above the total of ${totalChunks}; correct it or the last line`, at);
    }
  }
  return { totalChunks, entries };
}

/** LF, no blanks, a final newline; the entries in the given order. What it writes, `parseLocalChunks` reads. */
export function formatLocalChunks(
  totalChunks: number,
  entries: Iterable<Pick<LocalChunk, 'index' | 'name'>>,
): string {
  let text = '';
  for (const { index, name } of entries) text += `${index},${name}\n`;
  return `${text}${totalChunks},${LAST_CHUNK}\n`;
}

function problemOfName(name: string, index: number): string | undefined {
  if (name === '') return `chunk ${index} has no file name; write ${index},${chunkName(index)}`;
  if (/\p{Cc}/u.test(name)) return `the file name of chunk ${index} contains a control character`;
  if (/[/\\]/.test(name) || /^[A-Za-z]:/.test(name) || name === '.' || name === '..') {
    return `"${name}" leaves the folder; put the file into the folder and write its name only`;
  }
  const lowerCase = name.toLowerCase();
  if (lowerCase === LIST_NAME || lowerCase === LOCK_NAME || /^\..*\.part$/.test(lowerCase)) {
    return `"${name}" is a name that the programs need for themselves; rename the file to ${chunkName(index)}`;
  }
  const reserved = /^chunk_([1-9]\d*)$/.exec(lowerCase);
  if (reserved !== null && Number(reserved[1]) !== index) {
    return `"${name}" is listed as chunk ${index}, but a chunk ${reserved[1]!} that arrives would replace it; rename it to ${chunkName(index)}`;
  }
  return undefined;
}

function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t\r]+$/, '');
}
