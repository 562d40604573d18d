import type { Random } from '../../../interfaces.ts';
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
