/** What the values of a table are, by the place in the scenario where the table stands. */
import { quantity } from '../language/key-meta.ts';
import { nodesAt, type SchemaNode } from '../language/json-schema.ts';
import type { Path } from '../source/yaml-source.ts';
import { unitKinds, type UnitKind } from '../../units/quantities.ts';

export interface TableQuantity {
  readonly kind: UnitKind;
  /** Reads one cell with its unit; tells what is wrong with it. */
  read(cell: string): CellReading;
}

export type CellReading =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string };

/** @returns undefined where no table can stand */
export function quantityAt(schema: SchemaNode, path: Path): TableQuantity | undefined {
  const meant = meantPath(path);
  const cell = isTrace(path) ? [...meant, 0, 'join'] : [...meant, 'samples', 0];
  const node = nodesAt(schema, cell).find((one) => one.quantity !== undefined);
  const kind = unitKinds.find(({ name }) => name === node?.quantity);
  const [min, max] = node?.range?.split(' to ') ?? [];
  if (kind === undefined || min === undefined || max === undefined) return undefined;
  const reader = quantity(kind, { min, max });
  return {
    kind,
    read(cell) {
      const reading = reader.safeParse(cell);
      if (reading.success) return { ok: true, value: reading.data };
      const [issue] = reading.error.issues;
      const suggestion: unknown = issue?.code === 'custom' ? issue.params?.suggestion : undefined;
      const message = issue?.message ?? 'is not understood';
      return { ok: false, message, ...(typeof suggestion === 'string' ? { suggestion } : {}) };
    },
  };
}

export function isTrace(path: Path): boolean {
  return String(meantPath(path).at(-1)) === 'trace';
}

/** A setting of an arm stands for the key that it sets. */
function meantPath(path: Path): Path {
  const steps = (key: PropertyKey | undefined): string[] => String(key ?? '').split('.');
  if (path[0] === 'baseline') return [...steps(path[1]), ...path.slice(2)];
  return path[0] === 'sweep' ? [...steps(path[2]), ...path.slice(4)] : path;
}
