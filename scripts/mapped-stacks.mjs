/**
 * Stacks of bundled code that name the source. Node's own way (`setSourceMapsEnabled`) reads every map when its module
 * is loaded, which takes a third of the start of a program; here a map is read when a stack is asked for.
 */
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

function mapOf(file) {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    return undefined;
  }
}

/** From now on, in this thread: places in the bundles of `folder` are told as places in the source. */
export function mapStacks(folder) {
  const maps = new Map();
  const inSource = (frame) => {
    const text = String(frame);
    const url = frame.getFileName() ?? '';
    const file = url.startsWith('file:') ? fileURLToPath(url) : url;
    if (dirname(file) !== folder) return text;
    if (!maps.has(file)) maps.set(file, mapOf(file));
    const origin = maps.get(file)?.findOrigin(frame.getLineNumber(), frame.getColumnNumber());
    if (origin?.fileName === undefined) return text;
    const source = resolve(folder, origin.fileName);
    return text.replace(/[^\s(]+:\d+:\d+/, `${source}:${origin.lineNumber}:${origin.columnNumber}`);
  };
  Error.prepareStackTrace = (error, frames) =>
    [String(error), ...frames.map((frame) => `    at ${inSource(frame)}`)].join('\n');
}
