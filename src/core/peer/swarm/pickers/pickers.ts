import { anyChunk } from './random.ts';
import type { Picker } from './picker.ts';
import { rarestFirst } from './rarest-first.ts';
import { sequential } from './sequential.ts';

/** Every picker, under the name by which scenarios, plans and options choose it. */
export const pickers = {
  'rarest-first': rarestFirst,
  random: anyChunk,
  sequential,
} as const satisfies Readonly<Record<string, Picker>>;

/**
 * Those whose requests others may serve in any order (`any-order`): whoever is asked may know better by now which chunk
 * is the rarest. Requests of all others are served in the order in which they choose.
 */
export const servedInAnyOrder: ReadonlySet<Picker> = new Set<Picker>([rarestFirst]);

export type PickerName = keyof typeof pickers;

export const pickerNames = Object.keys(pickers) as [PickerName, ...PickerName[]];
