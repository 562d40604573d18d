import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../src/core/errors.ts';
import { makeFolders, requireWritable } from '../../src/core/node/folders.ts';
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
      `${folder} cannot take the report: ${(cause as Error).message}; choose another --out`,
      {
        cause,
      },
    );
  }
  return path;
}

/** @throws {ConfigError} no such file, or no report of this version */
export function loadReport(path: string): BenchReport {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ConfigError(
      `${path} cannot be read as a saved run of the benchmarks: ${(cause as Error).message}`,
      {
        cause,
      },
    );
  }
  const parsed = benchReportSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    `${path} is no saved run of the benchmarks with schema version ${BENCH_SCHEMA_VERSION}: ` +
      z.prettifyError(parsed.error).replaceAll(/\s*\n\s*/g, ' '),
  );
}
