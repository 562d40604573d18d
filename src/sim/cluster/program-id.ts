/** Which program somebody runs: only the same program gives the same run. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export const programSchema = z.strictObject({
  version: z.string(),
  /** null: it is not known. */
  commit: z.string().nullable(),
  /** Of Node: some functions of a run are its own. */
  node: z.string(),
});

export type Program = z.output<typeof programSchema>;

/** Of all that is known of where a program runs. */
export function programOf({ version, commit, node }: Program): Program {
  return { version, commit, node };
}

/** Twelve characters, the same for the same program; part of subjects. */
export function programId({ version, commit, node }: Program): string {
  return createHash('sha256')
    .update(JSON.stringify([version, commit, node]))
    .digest('hex')
    .slice(0, 12);
}

/** `swarm-lab 0.1.0 of commit 0123456789ab on Node v20.20.2`. */
export function describeProgram({ version, commit, node }: Program): string {
  return `swarm-lab ${version}${commit === null ? '' : ` of commit ${commit}`} on Node ${node}`;
}
