import { LocalProtocolError } from '../../errors.ts';
import type { Random } from '../../interfaces.ts';
import type { PickerName } from '../options.ts';
import type { RarityIndex } from './rarity-index.ts';

/**
 * Chooses the chunk to request next from a neighbour: a pure function of the pickable chunks, what the neighbour
 * has, and chance. Returns undefined when the neighbour has none of them.
 */
export type Picker = (
  pickable: RarityIndex,
  neighbourHas: (index: number) => boolean,
  random: Random,
) => number | undefined;

/** Draws at random before looking through all: most often one of them fits. */
const DRAWS = 4;

/** The chunk with the fewest copies among the neighbours; ties are broken by chance (Cohen 2003). */
const rarestFirst: Picker = (pickable, neighbourHas, random) => {
  // What no neighbour has, in bucket 0, this one cannot have either.
  for (const bucket of pickable.buckets.slice(1)) {
    const found = firstFromRandomStart(bucket, neighbourHas, random);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Any chunk, whatever its rarity. */
const anyChunk: Picker = (pickable, neighbourHas, random) => {
  const held = pickable.buckets.slice(1);
  const size = held.reduce((sum, bucket) => sum + bucket.length, 0);
  for (let draws = 0; draws < DRAWS && size > 0; draws++) {
    const index = at(held, random.int(size));
    if (neighbourHas(index)) return index;
  }
  return firstFromRandomStart(held.flat(), neighbourHas, random);
};

function at(buckets: readonly (readonly number[])[], position: number): number {
  for (const bucket of buckets) {
    if (position < bucket.length) return bucket[position]!;
    position -= bucket.length;
  }
  throw new LocalProtocolError('a position behind the last bucket');
}

/** The lowest index: as a player of a film would like it. */
const sequential: Picker = (pickable, neighbourHas) => {
  for (let index = 1; index <= pickable.totalChunks; index++) {
    if (pickable.isPickable(index) && neighbourHas(index)) return index;
  }
  return undefined;
};

export const pickers: Readonly<Record<PickerName, Picker>> = {
  'rarest-first': rarestFirst,
  random: anyChunk,
  sequential,
};

/** Tries a few draws, each chunk as likely, then walks: cheap when most fit, certain when few do. */
function firstFromRandomStart(
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
