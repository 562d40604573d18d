/** What a user wrote, as plain data that knows its places: one file, or several and the command line over each other. */
import { readLayer, type Layer, type Path, type Spot } from './yaml-source.ts';
import type { Problem, Sources } from './problems.ts';

export interface SourceDocument {
  readonly file: string;
  readonly sources: Sources;
  /** Plain data; `undefined` when a text is not YAML. */
  readonly data: unknown;
  /** Mistakes of syntax, and of what is done before validation. */
  readonly problems: readonly Problem[];
  /** A problem at a path; where the path does not exist, at its nearest parent. */
  problemAt(path: Path, spot: Spot, message: string, suggestion?: string): Problem;
}

/** One text by itself. Never throws: what is wrong with the text is told in `problems`. */
export function readDocument(text: string, file: string): SourceDocument {
  const layer = readLayer(text, file);
  return {
    file,
    sources: new Map([[file, text]]),
    data: layer.data,
    problems: layer.problems,
    problemAt: (path, spot, message, suggestion) => problemIn([layer], path, spot, message, suggestion),
  };
}

/** The problem's place is in the layer that says most of the path, among equals in the one that counts most. */
export function problemIn(
  layers: readonly Layer[],
  path: Path,
  spot: Spot,
  message: string,
  suggestion?: string,
): Problem {
  return {
    ...layerOf(layers, path).placeOf(path, spot),
    path: path.map(String).join('.'),
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

/** @param layers at least one, the one that counts most at the end */
export function layerOf(layers: readonly Layer[], path: Path): Layer {
  return layers.reduce((best, layer) => (layer.depthOf(path) >= best.depthOf(path) ? layer : best));
}
