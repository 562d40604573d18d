/** What becomes of a program whose output cannot be written: nobody reads it, the disk is full, the terminal is gone. */
import { closeSync, fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { errnoOf, reasonOf } from '../../core/node/store/store-errors.ts';
import { printable } from '../../core/printable.ts';
import { fitLines } from './fit-lines.ts';
import { guarded } from './escape-sequences.ts';
import { canRedraw, columnsOf, wantsColours } from './terminal.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;

export interface OutputWatch {
  /** Whether what the user asked for could not be written to stdout. */
  readonly lost: boolean;
}

/**
 * Hears the errors of stdout and stderr, which would end the process otherwise.
 *
 * @param leave what to do when the reader of stdout has gone, which is its wish (`… | head`), not an error
 */
export function watchOutput(name: string, leave: () => void): OutputWatch {
  const watch = { lost: false };
  process.stdout.on('error', (error) => {
    if (isTerminalGone(error)) return;
    if (errnoOf(error) === 'EPIPE') {
      leave();
      return;
    }
    if (!watch.lost) say(`${name}: stdout cannot be written: ${reasonOf(error)}`);
    watch.lost = true;
  });
  // There is nowhere to tell it (`2>&1 | head`): what was begun is finished all the same.
  process.stderr.on('error', () => undefined);
  process.on('exit', closeDeadTerminal);
  if (fstatSync(STDOUT).isFile()) writeFilesWhole();
  for (const stream of [process.stdout, process.stderr]) guard(stream);
  return watch;
}

/** A line on stderr, written at once. */
export function say(line: string): void {
  try {
    writeSync(STDERR, `${fitted(printable(line), process.stderr)}\n`);
  } catch {
    // Nobody reads stderr any more: the exit code has to tell.
  }
}

/** A line on stdout, of which nothing acts upon the terminal. */
export function print(line: string): void {
  process.stdout.write(`${fitted(printable(line), process.stdout)}\n`);
}

/** On a terminal no word is cut at its edge; a pipe gets lines as they are. */
export function fitted(text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY ? fitLines(text, columnsOf(stream)) : text;
}

/** The one way out: whatever is written, by whomever, acts upon a terminal only as lines and tables of ours do. */
function guard(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  const own = wantsColours(stream) || canRedraw(stream);
  stream.write = (data: unknown, ...rest: unknown[]) =>
    write(typeof data === 'string' ? guarded(data, own) : data, ...rest);
}

/** Who closes a terminal does not wait for what the program has to say. */
function isTerminalGone(error: unknown): boolean {
  return process.stdout.isTTY && errnoOf(error) === 'EIO';
}

/** Node gives the terminal its mode back when it exits, and aborts where that is no longer there. */
function closeDeadTerminal(): void {
  for (const descriptor of [STDIN, STDOUT, STDERR]) {
    // A device that is no terminal: or no longer one.
    if (fstatSync(descriptor).isCharacterDevice() && !isatty(descriptor)) closeSync(descriptor);
  }
}

/** Node takes a write to a file for done when the disk had room for the beginning only. */
function writeFilesWhole(): void {
  process.stdout._write = (bytes: Buffer, _encoding, done) => {
    try {
      for (let at = 0; at < bytes.length;) at += writeSync(STDOUT, bytes, at);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };
}
