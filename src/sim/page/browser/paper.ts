/** On paper a chart is as wide as the page, whatever the window that it was drawn in. */

/** A4 and Letter without their margins and the frame of a chart, in CSS pixels. */
const PAPER_PX = 680;

let isPrinting = false;

/** The width to draw with in this place. */
export function widthOf(place: HTMLElement): number {
  return isPrinting ? PAPER_PX : place.clientWidth;
}

/** Draws for paper before the page is printed, and for the window after that. */
export function redrawForPaper(redraw: () => void): void {
  const turn = (printing: boolean) => (): void => {
    isPrinting = printing;
    redraw();
  };
  window.addEventListener('beforeprint', turn(true));
  window.addEventListener('afterprint', turn(false));
}
