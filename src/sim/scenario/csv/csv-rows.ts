/** CSV text → rows of cells that know their place (RFC 4180, with comments and blanks around fields besides). */

export interface CsvCell {
  /** Without quotes, and without blanks around it. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
}

export interface CsvRow {
  /** From 1; where it begins. */
  readonly line: number;
  /** At least one. */
  readonly cells: readonly CsvCell[];
}

export interface CsvMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly suggestion: string;
}

export interface CsvReading {
  readonly rows: readonly CsvRow[];
  /** The first mistake of syntax; nothing after it is read. */
  readonly mistake?: CsvMistake;
}

/**
 * Fields stand between commas. One in quotes may hold commas, line breaks, and quotes written twice. Empty lines and
 * those that begin with `#` are left out. Never throws.
 */
export function readCsv(text: string): CsvReading {
  const reader = new CsvReader(text);
  const rows: CsvRow[] = [];
  for (;;) {
    reader.skipEmpty();
    if (reader.isAtEnd) return { rows };
    const row = reader.row();
    if ('message' in row) return { rows, mistake: row };
    rows.push(row);
  }
}

class CsvReader {
  readonly #text: string;
  #at: number;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith('\uFEFF') ? 1 : 0;
    this.#lineStart = this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  skipEmpty(): void {
    while (!this.isAtEnd) {
      const line = this.#text.slice(this.#at, this.#endOfLine());
      if (line.trim() !== '' && !line.startsWith('#')) return;
      this.#at += line.length;
      this.#passBreak();
    }
  }

  row(): CsvRow | CsvMistake {
    const line = this.#line;
    const cells: CsvCell[] = [];
    for (;;) {
      const cell = this.#cell();
      if ('message' in cell) return cell;
      cells.push(cell);
      if (this.#text[this.#at] === ',') this.#at++;
      else break;
    }
    this.#passBreak();
    return { line, cells };
  }

  #cell(): CsvCell | CsvMistake {
    this.#passBlanks();
    const place = this.#place();
    if (this.#text[this.#at] !== '"') {
      const comma = this.#text.indexOf(',', this.#at);
      const end = Math.min(comma === -1 ? Infinity : comma, this.#endOfLine());
      const text = this.#text.slice(this.#at, end).trim();
      this.#at = end;
      return { text, ...place };
    }
    const close = this.#closingQuote();
    if (close === -1) return { ...place, message: 'this quote is not closed', suggestion: 'add "' };
    const quoted = this.#text.slice(this.#at + 1, close);
    this.#passLines(quoted, this.#at + 1);
    this.#at = close + 1;
    this.#passBlanks();
    const next = this.#text[this.#at];
    if (next !== undefined && next !== ',' && next !== '\n' && next !== '\r') {
      const suggestion = 'write a comma after the closing quote; double each quote inside a quoted field';
      return { ...this.#place(), message: 'the field continues after its closing quote', suggestion };
    }
    return { text: quoted.replaceAll('""', '"').trim(), ...place };
  }

  #closingQuote(): number {
    let end = this.#text.indexOf('"', this.#at + 1);
    while (end !== -1 && this.#text[end + 1] === '"') end = this.#text.indexOf('"', end + 2);
    return end;
  }

  #place(): { readonly line: number; readonly column: number } {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#at);
    if (end === -1) return this.#text.length;
    return end > this.#at && this.#text[end - 1] === '\r' ? end - 1 : end;
  }

  #passBlanks(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
  }

  #passBreak(): void {
    if (this.#text[this.#at] === '\r') this.#at++;
    if (this.#text[this.#at] !== '\n') return;
    this.#at++;
    this.#line++;
    this.#lineStart = this.#at;
  }

  /** Line breaks of a text that begins at an offset. */
  #passLines(text: string, from: number): void {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
      this.#line++;
      this.#lineStart = from + at + 1;
    }
  }
}
