/** What a stream is good for: whether lines on it can be redrawn, how wide it is, whether it shows colours. */
import { styleText } from 'node:util';

/** Of a pipe or a file: as wide as people read well, whatever window they are in. */
const PLAIN_COLUMNS = 100;
/** Below this a table says nothing any more; the terminal has to wrap it. */
const COLUMNS_MIN = 40;

/** A line that moves needs a terminal that can go back; logs of build machines keep each of its states instead. */
export function canRedraw(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): boolean {
  const { CI = '', TERM = '' } = env;
  return stream.isTTY && TERM !== 'dumb' && (CI === '' || CI === 'false' || CI === '0');
}

/** Of the terminal; elsewhere of `COLUMNS`, or 100. At least 40. */
export function columnsOf(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): number {
  const asked = stream.isTTY ? stream.columns : Number(env['COLUMNS'] ?? '');
  return Math.max(COLUMNS_MIN, asked > 0 ? Math.floor(asked) : PLAIN_COLUMNS);
}

/** Of the terminal; elsewhere there is no limit: whoever reads it can scroll. */
export function columnsOfTerminal(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? columnsOf(stream) : Infinity;
}

/** By the terminal, NO_COLOR and FORCE_COLOR, as Node reads them. */
export function wantsColours(stream: NodeJS.WriteStream): boolean {
  return styleText('bold', 'x', { stream }) !== 'x';
}
