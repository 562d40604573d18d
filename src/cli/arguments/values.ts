/** Values of options that several programs have; for commander. */
import { InvalidArgumentError } from 'commander';
import { readQuantity, sizeUnits } from '../../sim/units/quantities.ts';

const chunkUnits = { ...sizeUnits, usual: ['KiB', 'MiB'] } as const;

/** A size in whole bytes, at least 1, with its unit as scenarios write it. */
export function byteSize(text: string): number {
  const reading = readQuantity(chunkUnits, text);
  if (!reading.ok) throw new InvalidArgumentError(`${reading.message}, ${reading.suggestion}.`);
  const { value } = reading;
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('It must be a whole number of bytes, at least 1B.');
}

/** Reads an option's value as a whole number in a range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Reads an option's value as a seed. An empty one is mostly a shell variable that was not set. */
export function seedText(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('A seed has at least one visible character.');
  return text;
}
