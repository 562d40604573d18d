import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../../src/core/errors.ts';
import { makeFolders, requireWritable } from '../../src/core/node/store/make-folders.ts';
import { reasonOf } from '../../src/core/node/store/store-errors.ts';
import { BENCH_SCHEMA_VERSION, benchReportSchema, type BenchReport } from './report.ts';

/** That a report can be saved is found out before the run, not after it. @throws {StoreError} */
export function requireReports(folder: string): void {
  const tell = (reason: string): string =>
    `the report cannot be saved to ${folder}: ${reason}; choose another folder by --out`;
  makeFolders(folder, tell);
  requireWritable(folder, tell);
}

/** Writes `<timestamp>.json` and `latest.json`, each whole or not at all. Returns the path of the former. */
export function saveReport(folder: string, report: BenchReport): string {
  const text = `${JSON.stringify(report, null, 2)}\n`;
  const path = join(folder, `${report.startedAt.replaceAll(':', '-').replace(/\.\d+Z$/, 'Z')}.json`);
  requireReports(folder);
  try {
    for (const target of [path, join(folder, 'latest.json')]) {
      const draft = `${target}.${process.pid}.draft`;
      writeFileSync(draft, text);
      renameSync(draft, target);
    }
  } catch (cause) {
    throw new ConfigError(
      `the report cannot be saved to ${folder}: ${reasonOf(cause)}; choose another folder by --out`,
      { cause },
    );
  }
  return path;
}

/** @throws {ConfigError} no such file, or no report of this version */
export function loadReport(path: string): BenchReport {
  const parsed = benchReportSchema.safeParse(readJson(path));
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const where = first === undefined || first.path.length === 0 ? 'the whole' : first.path.join('.');
  const version = `schema version ${BENCH_SCHEMA_VERSION}`;
  throw new ConfigError(`${path} is no saved run of the benchmarks with ${version} (see ${where}); ${FIX}`);
}

const FIX = 'name a file that swarm-lab bench has saved, such as reports/bench/latest.json';

function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError(`cannot compare with ${path}: ${reasonOf(cause)}; ${FIX}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ConfigError(`cannot compare with ${path}: it is not JSON; ${FIX}`, { cause });
  }
}
