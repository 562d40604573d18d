import type { Random } from '../../core/interfaces.ts';
import { shuffled } from '../../core/random.ts';

export interface Turn<Arm> {
  readonly arm: Arm;
  /** From 1. */
  readonly repeat: number;
}

/**
 * The order in which the runs of an experiment follow one another: block after block, each with every arm once in
 * random order, so that whatever changes in the machine over time meets all arms alike (a randomised complete block
 * design; Fisher, The Design of Experiments, 1935). The order of a block does not depend on how many blocks there are.
 */
export function interleave<Arm>(arms: readonly Arm[], repeats: number, random: Random): Turn<Arm>[] {
  const blocks = Array.from({ length: repeats }, (_, at) => at + 1);
  return blocks.flatMap((repeat) =>
    shuffled(arms, random.fork(`block/${repeat}`)).map((arm) => ({ arm, repeat })),
  );
}
