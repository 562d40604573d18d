/** Where an axis of values begins and ends, for marks that stand at their value and not on the axis, as dots do. */

/** Of the greatest value: of values that are nearer to each other, an axis from 0 shows neither differences nor intervals. */
const NEAR = 0.25;
/** Of what is between the values, left above and below them. */
const ROOM = 0.1;

/** The least and the greatest value with some room; undefined: an axis from 0 shows them as well. */
export function closeUp(values: readonly number[]): readonly [number, number] | undefined {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const between = most - least;
  if (least <= 0 || between === 0 || between >= NEAR * most) return undefined;
  return [least - ROOM * between, most + ROOM * between];
}
