/** Colours of the terminal; without them every function returns its text as it is. */
import { styleText } from 'node:util';

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

type Style = Parameters<typeof styleText>[0];

export function paintWith(colours: boolean): Paint {
  // Whether the terminal takes colours has been asked by who prints the text.
  const as = (style: Style) => (text: string) =>
    colours && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  return { bold: as('bold'), dim: as('dim'), good: as('green'), bad: as('red'), warn: as('yellow') };
}
