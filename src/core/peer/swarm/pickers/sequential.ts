import type { Picker } from './picker.ts';

/** The lowest index: as a player of a film would like it. */
export const sequential: Picker = (pickable, neighbourHas) => {
  for (let index = 1; index <= pickable.totalChunks; index++) {
    if (pickable.isPickable(index) && neighbourHas(index)) return index;
  }
  return undefined;
};
