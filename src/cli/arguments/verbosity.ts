/** How much a standalone program tells. */
export type Verbosity = 'quiet' | 'normal' | 'verbose';

export function verbosityOf(flags: { readonly verbose?: true; readonly quiet?: true }): Verbosity {
  if (flags.quiet === true) return 'quiet';
  return flags.verbose === true ? 'verbose' : 'normal';
}

const order: readonly Verbosity[] = ['quiet', 'normal', 'verbose'];

/** Whether what matters from `least` on is to be told. */
export function tells(verbosity: Verbosity, least: Verbosity): boolean {
  return order.indexOf(verbosity) >= order.indexOf(least);
}
