/** What the server of a live page tells it, in a line. */
export interface News {
  /** Grows whenever the report has changed. 0: there is none yet. */
  readonly version: number;
  /** How the run is going, in words. */
  readonly text: string;
  readonly title: string;
}
