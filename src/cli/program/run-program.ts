/** What all programs share: one clear line for a user's mistake, and an end in order. */
import { CommanderError } from 'commander';
import { SwarmError } from '../../core/errors.ts';
import { exitCodeOfError, exitCodes } from './exit-codes.ts';
import { say, watchOutput } from '../output/program-output.ts';

/** Whether a signal has told this process to end. */
let stopping = false;

/**
 * Runs a program to its end and leaves the process with the exit code that `main` returns, or `failed` instead of
 * `ok` when stdout could not be written. A `SwarmError` becomes one line on stderr; any other error is a defect and
 * shown with its stack.
 */
export async function runProgram(name: string, main: () => Promise<number>): Promise<void> {
  let code: number | undefined;
  const output = watchOutput(name, () => {
    // One that has its end in sight goes there.
    if (code === undefined && !stopping) process.exit(exitCodes.ok);
  });
  process.on('uncaughtException', (error) => process.exit(tellError(name, error)));
  try {
    code = await main();
  } catch (error) {
    code = tellError(name, error);
  }
  const ended = code;
  // Where stdout is a pipe on Windows, it is written later: wait for it, since `exit` does not. Its errors come later
  // still.
  process.stdout.write('', () => {
    setImmediate(() => process.exit(ended === exitCodes.ok && output.lost ? exitCodes.failed : ended));
  });
}

/**
 * One press of Ctrl-C reaches a program twice when npm started it: the terminal signals the whole process group, and
 * npm hands its own signal on. Only what comes later than this is a second wish.
 */
const SAME_PRESS_MS = 400;

/**
 * Aborted by the first SIGINT, SIGTERM or SIGHUP (the terminal was closed), with an `INTERRUPTED` error as its reason;
 * a second one ends the process. SIGHUP is never a second one: several may tell of one terminal.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  let firstMs = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!controller.signal.aborted) {
        firstMs = performance.now();
        stopping = true;
        controller.abort(new SwarmError('INTERRUPTED', `stopped by ${signal}`));
      } else if (signal !== 'SIGHUP' && performance.now() - firstMs > SAME_PRESS_MS) {
        process.exit(exitCodes.interrupted);
      }
    });
  }
  return controller.signal;
}

/** Tells the user of the error and returns the exit code that belongs to it. */
export function tellError(name: string, error: unknown): number {
  // Help was asked for, and shown.
  if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
  const code = error instanceof SwarmError ? exitCodeOfError(error) : exitCodes.defect;
  if (code === exitCodes.defect) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    say(`${name}: this is a defect of the program, please report it with the following lines:\n${stack}`);
  } else {
    say(`${name}: ${(error as SwarmError).message}`);
  }
  return code;
}
