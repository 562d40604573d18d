import type { Random } from '../../../interfaces.ts';

/** Draws at random before looking through all: most often one of them fits. */
export const DRAWS = 4;

/** Tries a few draws, each chunk as likely, then walks: cheap when most fit, certain when few do. */
export function firstFitting(
  chunks: readonly number[],
  fits: (index: number) => boolean,
  random: Random,
): number | undefined {
  if (chunks.length === 0) return undefined;
  for (let draws = 0; draws < DRAWS; draws++) {
    const index = chunks[random.int(chunks.length)]!;
    if (fits(index)) return index;
  }
  const start = random.int(chunks.length);
  for (let step = 0; step < chunks.length; step++) {
    const index = chunks[(start + step) % chunks.length]!;
    if (fits(index)) return index;
  }
  return undefined;
}
