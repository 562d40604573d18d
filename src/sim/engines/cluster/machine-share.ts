/** What happened to the machines of a run whose agents, and coordinator, may share one. */
import type { MachineChanges } from '../../machine/machine-changes.ts';

export interface OnMachine {
  /** Equal for all processes of one machine. */
  readonly machine: string;
  readonly changes: MachineChanges;
}

/** Processes of one run are no “other programs” to each other: what those of `all` on the same machine use is left out. */
export function withoutOwn({ machine, changes }: OnMachine, all: readonly OnMachine[]): MachineChanges {
  if (changes.othersCpuShare === null) return changes;
  const ownCpuShare = all
    .filter((other) => other.machine === machine)
    .reduce((sum, other) => sum + (other.changes.ownCpuShare ?? 0), 0);
  const strangers = changes.othersCpuShare + (changes.ownCpuShare ?? 0) - ownCpuShare;
  return { ...changes, othersCpuShare: Math.max(0, strangers) };
}

/** Of each figure that of the host where it is worst; `all` has at least one. */
export function worstChanges(all: readonly MachineChanges[]): MachineChanges {
  const most = (of: (changes: MachineChanges) => number | null): number | null => {
    const known = all.flatMap((changes) => of(changes) ?? []);
    return known.length === 0 ? null : Math.max(...known);
  };
  const byCores = all.toSorted(
    (a, b) => Math.abs(b.coresAfter - b.coresBefore) - Math.abs(a.coresAfter - a.coresBefore),
  );
  const byJump = all.toSorted((a, b) => Math.abs(b.clockJumpMs) - Math.abs(a.clockJumpMs));
  return {
    ownCpuShare: most(({ ownCpuShare }) => ownCpuShare),
    othersCpuShare: most(({ othersCpuShare }) => othersCpuShare),
    stolenCpuShare: most(({ stolenCpuShare }) => stolenCpuShare),
    coresBefore: byCores[0]!.coresBefore,
    coresAfter: byCores[0]!.coresAfter,
    clockJumpMs: byJump[0]!.clockJumpMs,
  };
}
