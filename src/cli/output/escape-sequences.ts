/** What a program writes, made safe for a terminal, on which only lines and tables of ours act. */
import { printable } from '../../core/printable.ts';

/** Colours, and what moves, saves and restores the cursor for a line that is redrawn. */
const OWN_SEQUENCE = /(\u001b\[[\d;?]*[A-Za-z]|\u001b[78]|\r)/u;

/** @param own whether the stream is a terminal that takes our own sequences */
export function guarded(text: string, own: boolean): string {
  if (!own) return printable(text);
  return text
    .split(OWN_SEQUENCE)
    .map((piece, at) => (at % 2 === 0 ? printable(piece) : piece))
    .join('');
}
