/** Sets of peers as people write them: `leechers + seeder - leechers/3`, `leechers & europe`. */

/** Plain data. `at` is the position in the text, for messages. */
export type PeerSet =
  | { readonly kind: 'all' }
  /** A group, a region, or a location or profile of `combine`; `tracker` where it may stand. */
  | { readonly kind: 'named'; readonly name: string; readonly at: number }
  /** Peers of a group by their numbers from 1. */
  | {
      readonly kind: 'numbered';
      readonly group: string;
      readonly first: number;
      readonly last: number;
      readonly at: number;
    }
  | {
      readonly kind: 'union' | 'intersection' | 'difference';
      readonly left: PeerSet;
      readonly right: PeerSet;
    };

export interface TextMistake {
  readonly ok: false;
  /** Position in the text, from 0. */
  readonly at: number;
  readonly message: string;
  readonly suggestion: string;
}

export type PeerSetReading = { readonly ok: true; readonly set: PeerSet } | TextMistake;

/** Why nobody is in a set whose parts are all known, and what to do. */
export function whyEmpty(set: PeerSet): string {
  if (set.kind === 'difference') return 'the difference is empty; take away fewer peers';
  if (set.kind === 'intersection')
    return 'the sets on both sides of the & have no peer in common; change one of them';
  return 'the set is empty; change it';
}

interface Token {
  readonly text: string;
  readonly at: number;
}

const TOKEN = /\s*(?:([A-Za-z][A-Za-z0-9_-]*(?:\/\d+(?:-\d+)?)?)|([-+&()])|(\S))/y;
const EXAMPLE = 'write for example leechers/3, leechers + seeder, leechers - leechers/3 or leechers & europe';

/**
 * `&` binds more tightly than `+` and `-`, which are read from the left; parentheses group. Names may have hyphens, so
 * that a `-` between two names needs a blank before it. Never throws.
 */
export function readPeerSet(text: string): PeerSetReading {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [whole, name, operator, strange] = match;
    const found = name ?? operator ?? strange!;
    const at = match.index + whole.length - found.length;
    if (strange !== undefined) return mistake(at, `"${found}" is not allowed here`);
    tokens.push({ text: found, at });
  }
  return new Reader(tokens, text.length).read();
}

function mistake(at: number, message: string, suggestion = EXAMPLE): TextMistake {
  return { ok: false, at, message, suggestion };
}

class Reader {
  readonly #tokens: readonly Token[];
  readonly #end: number;
  #next = 0;

  constructor(tokens: readonly Token[], end: number) {
    this.#tokens = tokens;
    this.#end = end;
  }

  read(): PeerSetReading {
    if (this.#tokens.length === 0) return mistake(0, 'names no peers');
    const sum = this.#sum();
    const left = this.#tokens[this.#next];
    if (!sum.ok || left === undefined) return sum;
    return left.text === ')'
      ? mistake(left.at, 'this ) closes nothing')
      : mistake(left.at, `there is no operator before "${left.text}"`, 'put +, - or & between two sets');
  }

  #sum(): PeerSetReading {
    let left = this.#product();
    for (let operator = this.#take('+', '-'); operator !== undefined; operator = this.#take('+', '-')) {
      left = joined(left, operator === '+' ? 'union' : 'difference', () => this.#product());
      if (!left.ok) return left;
    }
    return left;
  }

  #product(): PeerSetReading {
    let left = this.#single();
    while (left.ok && this.#take('&') !== undefined)
      left = joined(left, 'intersection', () => this.#single());
    return left;
  }

  #single(): PeerSetReading {
    const token = this.#tokens[this.#next++];
    if (token === undefined) return mistake(this.#end, 'ends where a set of peers should follow');
    if (token.text === '(') {
      const inner = this.#sum();
      if (!inner.ok || this.#take(')') !== undefined) return inner;
      return mistake(token.at, 'this ( is not closed', 'add )');
    }
    if (/^[-+&)]$/.test(token.text))
      return mistake(token.at, `there is no set of peers before "${token.text}"`);
    return named(token);
  }

  #take(...operators: readonly string[]): string | undefined {
    const text = this.#tokens[this.#next]?.text;
    if (text === undefined || !operators.includes(text)) return undefined;
    this.#next++;
    return text;
  }
}

function joined(
  left: PeerSetReading,
  kind: 'union' | 'intersection' | 'difference',
  readRight: () => PeerSetReading,
): PeerSetReading {
  if (!left.ok) return left;
  const right = readRight();
  return right.ok ? { ok: true, set: { kind, left: left.set, right: right.set } } : right;
}

function named({ text, at }: Token): PeerSetReading {
  const [name, numbers] = text.split('/');
  if (numbers === undefined)
    return { ok: true, set: text === 'all' ? { kind: 'all' } : { kind: 'named', name: text, at } };
  const [first, last = first] = numbers.split('-').map(Number);
  if (first! < 1) return mistake(at, 'peers are numbered from 1', `write ${name!}/1`);
  if (last! < first!) return mistake(at, `${numbers} goes backwards`, `write ${name!}/${last!}-${first!}`);
  return { ok: true, set: { kind: 'numbered', group: name!, first: first!, last: last!, at } };
}
