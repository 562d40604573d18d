/** `extends` and `include`: the files of a scenario over each other. */
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { readLayer, type Layer } from './yaml-source.ts';
import { isPlainMap } from './plain-data.ts';
import type { Problem } from './problems.ts';

/** Reads a file as text. @throws whatever is wrong with it */
export type TextReader = (path: string) => string;

export interface ReadLayers {
  /** The one that counts most, the scenario's own file, at the end. */
  readonly layers: readonly Layer[];
  readonly problems: readonly Problem[];
}

const FILES_MAX = 100;

/**
 * The scenario's own file with all that it stands on: first what it extends, then what it includes in the order of the
 * list, each with its own before it. Never throws.
 */
export function readLayers(text: string, file: string, readText: TextReader): ReadLayers {
  const layers: Layer[] = [];
  const problems: Problem[] = [];
  const enter = (layer: Layer, above: readonly string[]): void => {
    problems.push(...layer.problems);
    if (above.length > 0 && layer.problems.length === 0 && !isPlainMap(layer.data)) {
      const message = 'is not a map of keys';
      problems.push({
        ...layer.placeOf([], 'value'),
        path: '',
        message,
        suggestion: 'write keys of a scenario',
      });
    }
    for (const { path, written } of referencesOf(layer)) {
      const target = isAbsolute(written) ? written : join(dirname(layer.file), written);
      const mistake = (message: string, suggestion: string): void => {
        const key = path.map(String).join('.');
        problems.push({ ...layer.placeOf(path, 'value'), path: key, message, suggestion });
      };
      const chain = [...above, normalize(layer.file)];
      if (chain.includes(normalize(target))) {
        mistake(`${[...chain, normalize(target)].join(' → ')} is a cycle`, 'remove one of these references');
      } else if (layers.length + above.length >= FILES_MAX) {
        mistake(`extends and includes more than ${FILES_MAX} files`, 'merge some of them');
      } else {
        const content = attempt(() => readText(target));
        if (content.ok) enter(readLayer(content.value, target), chain);
        else mistake(`${target} cannot be read: ${content.reason}`, 'the path is relative to this file');
      }
    }
    layers.push(layer);
  };
  enter(readLayer(text, file), []);
  return { layers, problems };
}

/** What is not a path is left to validation. */
function referencesOf({ data }: Layer): { readonly path: PropertyKey[]; readonly written: string }[] {
  if (!isPlainMap(data)) return [];
  return (['extends', 'include'] as const).flatMap((key) => {
    const value = data[key];
    if (Array.isArray(value))
      return value.flatMap((item, at) =>
        typeof item === 'string' && item !== '' ? [{ path: [key, at], written: item }] : [],
      );
    return typeof value === 'string' && value !== '' ? [{ path: [key], written: value }] : [];
  });
}

type Attempt =
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: string };

export function attempt(read: () => string): Attempt {
  try {
    return { ok: true, value: read() };
  } catch (error) {
    const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    const { message } = error as Error;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a directory',
      EACCES: 'reading it is not permitted',
    };
    return { ok: false, reason: reasons[code ?? ''] ?? message };
  }
}
