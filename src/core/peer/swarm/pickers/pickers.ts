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

export type PickerName = keyof typeof pickers;

export const pickerNames = Object.keys(pickers) as [PickerName, ...PickerName[]];
