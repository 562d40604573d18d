/** One thing to be measured by itself. */
export interface MicroBenchmark {
  /** `<part>: <what>`. Saved runs are compared by it. */
  readonly name: string;
  /** How many operations a call does: enough that the timer's resolution does not matter. */
  readonly opsPerCall: number;
  /** Of one operation, where throughput in bytes is of interest. */
  readonly bytesPerOp?: number;
  /**
   * Sets up and returns the call. What a call returns is an integer that depends on its work, so that no compiler
   * may leave the work out; the first calls after set-up return the same on every machine.
   */
  prepare(): () => number;
}
