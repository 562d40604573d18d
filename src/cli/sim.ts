import { ConfigError } from '../core/errors.ts';
import { runProgram } from './program/run-program.ts';
import { readSimOptions, type SimOptions } from './sim/sim-options.ts';

const argv = process.argv.slice(2);

/** What help and most mistakes do not need is loaded when it is: to load the laboratory takes longer than a short run. */
async function options(): Promise<SimOptions> {
  try {
    return readSimOptions(argv, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { aboutKey } = await import('./sim/key-as-option.ts');
    throw aboutKey(error, argv);
  }
}

await runProgram('sim', async () => {
  const asked = await options();
  const { runSim } = await import('./sim/run-sim.ts');
  return runSim(asked);
});
