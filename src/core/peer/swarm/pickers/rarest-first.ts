import type { Picker } from './picker.ts';
import { firstFitting } from './first-fitting.ts';

/** The chunk with the fewest copies among the neighbours; ties are broken by chance (Cohen 2003). */
export const rarestFirst: Picker = (pickable, neighbourHas, random) => {
  // What no neighbour has, in bucket 0, this one cannot have either.
  for (let copies = 1; copies < pickable.buckets.length; copies++) {
    const found = firstFitting(pickable.buckets[copies]!, neighbourHas, random);
    if (found !== undefined) return found;
  }
  return undefined;
};
