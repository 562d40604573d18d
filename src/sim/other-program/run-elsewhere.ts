/** A run by the program of another commit: as a process of its own, with the same plan. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, EngineError } from '../../core/errors.ts';
import { printableJson } from '../../core/printable.ts';
import { readSaved } from '../experiment/read-saved.ts';
import type { Plan } from '../plan/plan.ts';
import { adoptReport } from '../report/adopt-report.ts';
import type { RunPlace } from '../report/write-report.ts';
import type { FinishedRun } from '../run-and-report.ts';
import type { Checkout } from './checkout.ts';
import { refusalOf } from './refusal.ts';

/** A program that was told to end, and has not by then, is killed. */
const PATIENCE_MS = 10_000;

/**
 * Runs a plan by the program of the checkout, and takes over its report.
 *
 * @throws {ConfigError} that program refuses the plan, in its own words, or writes results that this one cannot read
 * @throws {EngineError} it broke down
 * @throws the reason of the signal
 */
export async function runElsewhere(
  checkout: Checkout,
  plan: Plan,
  place: RunPlace,
  signal: AbortSignal,
): Promise<FinishedRun> {
  signal.throwIfAborted();
  const folder = checkout.makeFolder();
  const [planFile, reports] = [join(folder, 'plan.json'), join(folder, 'reports')];
  writeFileSync(planFile, `${printableJson(plan)}\n`);
  const child = spawn(process.execPath, [checkout.launcher, 'sim', planFile, '--out', reports], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: withoutNpm(process.env),
  });
  checkout.watch(child);
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const stop = (): void => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS).unref();
  };
  signal.addEventListener('abort', stop);
  const [code] = (await once(child, 'close')) as [number | null];
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  const latest = join(reports, 'latest');
  if (!existsSync(join(latest, 'result.json'))) {
    throw refusalOf(checkout.ref, { code, told, planFile });
  }
  return { ...(await takeOver(checkout, latest, place)), warning: null };
}

async function takeOver(
  { ref }: Checkout,
  latest: string,
  place: RunPlace,
): Promise<Pick<FinishedRun, 'result' | 'folder'>> {
  const saved = readOwn(latest, ref.name);
  return { result: saved, folder: await adoptReport(realpathSync(latest), place) };
}

function readOwn(latest: string, name: string): FinishedRun['result'] {
  try {
    const saved = readSaved(join(latest, 'result.json'));
    if ('kind' in saved && saved.kind === 'run') return saved.result;
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    throw new ConfigError(`the results of ${name} cannot be compared: ${cause.message}`, { cause });
  }
  throw new EngineError(`the program of ${name} wrote no result of a run`);
}

/** What npm tells a script about itself would be taken for an order to the other program. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^npm_/i.test(name) && name !== 'INIT_CWD'),
  );
}
