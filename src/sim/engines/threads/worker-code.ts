/**
 * The code of the worker threads, compiled once for all of them. Each would otherwise compile the same 13,000 lines,
 * and each of their functions again at its first call: for 33 threads that live for a second, that is much of their time.
 */
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { fileURLToPath } from 'node:url';
import { v8Flags } from '../run/v8-flags.ts';

/** What a thread needs to have it. */
export interface WorkerCode {
  /** Where the bundle is: what it imports is looked for from there. */
  readonly file: string;
  readonly source: string;
  /** What V8 has made of it, shared by all threads. */
  readonly compiled: SharedArrayBuffer;
}

/** Beside the worker that the pool loads, see peer-worker.ts. */
const BUNDLE = './swarm-worker.js';

let last: { readonly code: WorkerCode; readonly flags: string } | undefined;

/** undefined: the worker is alone in its folder, and loads what it needs in its own way. */
export function workerCode(workerFile: URL): WorkerCode | undefined {
  const file = fileURLToPath(new URL(BUNDLE, workerFile));
  const flags = v8Flags();
  if (last?.code.file === file && last.flags === flags) return last.code;
  let source: string;
  try {
    source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
  } catch {
    return undefined;
  }
  const code = { file, source, compiled: shared(compile(source, file)) };
  last = { code, flags };
  return code;
}

/** Every function, also those that nobody has called yet. */
function compile(source: string, filename: string): Buffer {
  setFlagsFromString('--no-lazy');
  try {
    const script = new Script(source, { filename });
    // Threads compare flags with those of this moment, and take nothing that was made with others.
    setFlagsFromString('--lazy');
    return script.createCachedData();
  } finally {
    setFlagsFromString('--lazy');
  }
}

function shared(bytes: Uint8Array): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(buffer).set(bytes);
  return buffer;
}
