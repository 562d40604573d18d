import { LocalProtocolError } from '../../../errors.ts';
import type { Picker } from './picker.ts';
import { DRAWS, firstFitting } from './first-fitting.ts';

/** Any chunk, whatever its rarity. */
export const anyChunk: Picker = (pickable, neighbourHas, random) => {
  const held = pickable.buckets.slice(1);
  const size = held.reduce((sum, bucket) => sum + bucket.length, 0);
  for (let draws = 0; draws < DRAWS && size > 0; draws++) {
    const index = at(held, random.int(size));
    if (neighbourHas(index)) return index;
  }
  return firstFitting(held.flat(), neighbourHas, random);
};

function at(buckets: readonly (readonly number[])[], position: number): number {
  for (const bucket of buckets) {
    if (position < bucket.length) return bucket[position]!;
    position -= bucket.length;
  }
  throw new LocalProtocolError('a position behind the last bucket');
}
