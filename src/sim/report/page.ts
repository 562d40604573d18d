/** What a text for a terminal is written on: its colours and its width. */
import { paintWith, type Paint } from './paint.ts';

export interface TerminalOptions {
  readonly colours: boolean;
  /** Width of the terminal. Default: 100. */
  readonly columns?: number;
}

export interface Page extends Paint {
  readonly columns: number;
  /** Of sentences: lines that are longer are hard to read. */
  readonly proseColumns: number;
}

const COLUMNS = 100;
const PROSE_COLUMNS_MAX = 110;

export function pageOf({ colours, columns = COLUMNS }: TerminalOptions): Page {
  return { ...paintWith(colours), columns, proseColumns: Math.min(columns, PROSE_COLUMNS_MAX) };
}
