/** Which program somebody runs: only the same program gives the same run. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

export const programSchema = z.strictObject({
  version: z.string(),
  /** For people. null: it is not known. */
  commit: z.string().nullable(),
  /** Digest of the source that it was bundled from, see scripts/code-digest.mjs. Absent: it was not bundled, as in tests. */
  code: z.string().optional(),
  /** Of Node: some functions of a run are its own. */
  node: z.string(),
});

export type Program = z.output<typeof programSchema>;

/** Of all that is known of where this program runs. */
export function programOf({ version, commit, node }: Omit<Program, 'code'>): Program {
  const code = ownCode();
  return { version, commit, node, ...(code !== undefined && { code }) };
}

let known: { readonly code: string | undefined } | undefined;

function ownCode(): string | undefined {
  return (known ??= { code: readCode() }).code;
}

/** All programs of a bundle lie in one folder. */
function readCode(): string | undefined {
  const file = new URL('./code.json', import.meta.url);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { code: string }).code : undefined;
}

/**
 * Twelve characters, the same for the same program; part of subjects. The commit counts only where the code is not known: it
 * changes with documents, and not with what has not been committed.
 */
export function programId({ version, commit, code, node }: Program): string {
  return createHash('sha256')
    .update(JSON.stringify([version, code ?? `commit ${commit}`, node]))
    .digest('hex')
    .slice(0, 12);
}

/** `swarm-lab 0.1.0 of commit 0123456789ab (code 6b86b273ff34) on Node v20.20.2`. */
export function describeProgram({ version, commit, code, node }: Program): string {
  const of = commit === null ? '' : ` of commit ${commit}`;
  return `swarm-lab ${version}${of}${code === undefined ? '' : ` (code ${code})`} on Node ${node}`;
}
