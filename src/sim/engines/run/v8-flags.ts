import { setFlagsFromString } from 'node:v8';

/** What V8 does of itself. */
const USUAL = {
  /** Bytes of executed bytecode between two looks at whether a function is to be optimised. */
  'interrupt-budget': 66 * 1024,
  /** Bytes of bytecode of all functions that are compiled into one that calls them. */
  'max-inlined-bytecode-size-cumulative': 920,
};

type V8Flags = Record<keyof typeof USUAL, number>;

let present: Readonly<V8Flags> = USUAL;

/**
 * How V8 compiles what an engine runs next; what is not given is as usual, whatever an engine before has set. It holds
 * for the whole process: for functions that are optimised, and threads that are started, afterwards.
 */
export function useV8Flags(flags: Partial<V8Flags>): void {
  const wanted = { ...USUAL, ...flags };
  for (const name of Object.keys(USUAL) as (keyof V8Flags)[]) {
    if (wanted[name] !== present[name]) setFlagsFromString(`--${name}=${wanted[name]}`);
  }
  present = wanted;
}

/** Those in use: code that was compiled under others is of no use to threads that are started now. */
export function v8Flags(): string {
  return JSON.stringify(present);
}
