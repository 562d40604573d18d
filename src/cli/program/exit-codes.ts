/** The exit codes of all programs, and what each follows from. */
import { assertNever, type SwarmError } from '../../core/errors.ts';
import type { CalibrationVerdict } from '../../sim/calibrate/finding.ts';
import type { FidelityVerdict } from '../../sim/fidelity/fidelity.ts';
import type { PaperVerdict } from '../../sim/papers/paper-row.ts';
import type { Deciding } from '../../sim/result/result.ts';

/** The exit codes of every program. */
export const exitCodes = {
  /** Everything asked for was done and verified. */
  ok: 0,
  /**
   * The swarm did not complete, or what was verified was not as it should be; or a run broke down, or what it found
   * could not be written to stdout.
   */
  failed: 1,
  /** A bad option, scenario, folder or file of the user, or a run that does not fit the machine: nothing was started. */
  badInput: 2,
  /** The run says neither yes nor no. */
  inconclusive: 3,
  /** The swarm did what it should, but a threshold of the scenario was missed. */
  thresholdMissed: 4,
  /** The run was given up by a condition of the scenario. */
  givenUp: 5,
  /** A defect of the program (EX_SOFTWARE of sysexits.h). */
  defect: 70,
  /** Stopped by a signal; SIGINT as shells count it. */
  interrupted: 130,
} as const;

export function exitCodeOfError({ code }: SwarmError): number {
  switch (code) {
    case 'CONFIG':
    case 'STORE':
    case 'TRANSPORT':
      return exitCodes.badInput;
    case 'ENGINE':
    case 'REMOTE_PROTOCOL':
      return exitCodes.failed;
    case 'LOCAL_PROTOCOL':
      return exitCodes.defect;
    case 'INTERRUPTED':
      return exitCodes.interrupted;
    default:
      return assertNever(code);
  }
}

/** @param because what decided that a run or an experiment is no pass; `null` for a pass */
export function exitCodeOfVerdict(because: Deciding | null): number {
  switch (because) {
    case null:
      return exitCodes.ok;
    case 'swarm':
      return exitCodes.failed;
    case 'aborted':
      return exitCodes.givenUp;
    case 'expectations':
      return exitCodes.thresholdMissed;
    case 'data':
      return exitCodes.inconclusive;
    default:
      return assertNever(because);
  }
}

/** Nothing measured is never a pass. */
export function exitCodeOfCalibration(verdicts: readonly CalibrationVerdict[]): number {
  if (verdicts.includes('fail')) return exitCodes.failed;
  return verdicts.includes('pass') && !verdicts.includes('inconclusive')
    ? exitCodes.ok
    : exitCodes.inconclusive;
}

/** Nothing compared is never a pass: where the machine limited all runs, nothing can be told. */
export function exitCodeOfFidelity(verdicts: readonly FidelityVerdict[]): number {
  if (verdicts.includes('differs')) return exitCodes.failed;
  return verdicts.includes('within') && !verdicts.includes('unclear') ? exitCodes.ok : exitCodes.inconclusive;
}

/** A figure without data, or one that is unclear, does not agree. */
export function exitCodeOfPapers(verdicts: readonly PaperVerdict[]): number {
  if (verdicts.includes('differs')) return exitCodes.failed;
  return verdicts.every((verdict) => verdict === 'agrees' || verdict === 'shown')
    ? exitCodes.ok
    : exitCodes.inconclusive;
}

/** The order in which one exit code outweighs another; what is not in it, such as a defect, outweighs all. */
const FROM_WORST: readonly number[] = [
  exitCodes.interrupted,
  exitCodes.failed,
  exitCodes.badInput,
  exitCodes.givenUp,
  exitCodes.thresholdMissed,
  exitCodes.inconclusive,
  exitCodes.ok,
];

/** @param codes of each scenario, at least one unless the user stopped it before the first */
export function worstOf(codes: readonly number[]): number {
  const ranked = [...codes].sort((a, b) => FROM_WORST.indexOf(a) - FROM_WORST.indexOf(b));
  return ranked[0] ?? exitCodes.interrupted;
}
