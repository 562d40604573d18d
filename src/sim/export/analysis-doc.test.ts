import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { experimentOfRuns, experimentRun } from '../experiment/fixture.ts';
import { measuredSmallSwarm } from '../measure/fixture.ts';
import { runsTable } from '../report/experiment/runs-table.ts';
import { flowsTable, peersTable, timelineTable } from '../report/tables.ts';
import { findMetric } from '../metrics/metrics.ts';
import type { ExpectationFigures, RunResult } from '../result/result.ts';
import { exportFormats } from './format-names.ts';
import { renderJUnit } from './junit.ts';
import { renderOpenMetrics } from './open-metrics.ts';

const documentation = readFileSync(new URL('../../../docs/analysis.md', import.meta.url), 'utf8');
const { result } = measuredSmallSwarm();
const runs = runsTable({ ...experimentOfRuns([experimentRun('a', 1, {})]), arms: [] });

/** The rows of a table of the page as it is written, but for blanks. */
function rowsOf(title: string): string[] {
  const start = documentation.indexOf(`### ${title}\n`);
  const end = documentation.indexOf('\n#', start + 1);
  const lines = documentation.slice(start, end).split('\n');
  return lines.filter((line) => line.startsWith('| `')).map((line) => line.replaceAll(/ +/g, ' '));
}

describe('docs/analysis.md', () => {
  it.each([peersTable(result), timelineTable(result), flowsTable(result), runs])(
    'has every column of $name in its order, with type, unit and meaning',
    ({ name, columns }) => {
      expect(rowsOf(name)).toEqual(
        columns.map(
          (column) => `| \`${column.name}\` | ${column.type} | ${column.unit || '–'} | ${column.meaning} |`,
        ),
      );
    },
  );

  it('names every format', () => {
    expect(exportFormats.filter((format) => !documentation.includes(`| \`${format}\``))).toEqual([]);
  });
});

/** A part of the page, from its title to the next one of its level. */
function partOf(title: string): string {
  const start = documentation.indexOf(`\n## ${title}\n`);
  return documentation.slice(start, documentation.indexOf('\n## ', start + 1));
}

const expectations = (['pass', 'fail', 'inconclusive'] as const).map((outcome, at): ExpectationFigures => ({
  text: `makespan < ${at}s`,
  metric: 'makespan',
  unit: 'ms',
  outcome,
  measured: 3500,
  note: '',
}));

describe('what docs/analysis.md says of OpenMetrics', () => {
  const part = partOf('OpenMetrics');
  const judged: RunResult = { ...result, expectations };
  const lines = renderOpenMetrics(judged).split('\n');
  const all = (pattern: RegExp, from: string = lines.join('\n')) => [...from.matchAll(pattern)];
  const gauges = all(/^# TYPE (\S+) gauge$/gm).map(([, name]) => name!);
  const unitOf = new Map(all(/^# UNIT (\S+) (\S+)$/gm).map(([, name, unit]) => [name!, unit!]));
  const pathOf = new Map(all(/^# HELP (\S+) The metric (\S+) of /gm).map(([, name, path]) => [name!, path!]));

  it('names every unit that there is, and no other', () => {
    const told = /Units are base units: (.*?); counts/.exec(part)![1]!;
    expect(all(/`(\w+)`/g, told).map(([, unit]) => unit)).toEqual(
      expect.arrayContaining([...new Set(unitOf.values())]),
    );
    expect(new Set(unitOf.values()).size).toBe(all(/`(\w+)`/g, told).length);
  });

  it('is how every gauge of a metric is named: its scope, its path with underscores, its unit', () => {
    expect(part).toContain(
      '`swarm_lab_<path>_<unit>` of the swarm, `swarm_lab_group_<path>_<unit>` of each group, `swarm_lab_peer_<path>_<unit>` of each peer',
    );
    const named = gauges.filter((name) => name !== 'swarm_lab_threshold_met');
    expect(named.length).toBeGreaterThan(40);
    const scopes = { groups: ['leecher'], peers: ['leecher/1'] };
    const rebuilt = named.map((name) => {
      const scope = /^swarm_lab_(group_|peer_)?/.exec(name)![1] ?? '';
      const owner = { '': '', group_: 'leecher.', peer_: 'leecher/1.' }[scope]!;
      const path = pathOf.get(name)!;
      const unit = findMetric(`${owner}${path}`, scopes)!.unit;
      const suffix = { ms: '_seconds', bytes: '_bytes', 'bytes/s': '_bytes_per_second', share: '_ratio' };
      const end = unit === 'count' || unit === 'number' ? '' : suffix[unit];
      return `swarm_lab_${scope}${path.replaceAll('.', '_')}${end}`;
    });
    expect(rebuilt).toEqual(named);
    expect(named.filter((name) => unitOf.has(name) && !name.endsWith(`_${unitOf.get(name)}`))).toEqual([]);
  });

  it('is which labels samples have, and what stands beside the metrics', () => {
    const samples = lines.filter((line) => line.startsWith('swarm_lab_'));
    const lacking = samples.filter((line) => {
      const wanted = ['scenario', 'seed', 'engine'];
      if (/^swarm_lab_(group|peer)_/.test(line)) wanted.push('group');
      if (line.startsWith('swarm_lab_peer_')) wanted.push('peer');
      return wanted.some((label) => !new RegExp(`[{,]${label}="`).test(line));
    });
    expect(lacking).toEqual([]);
    const values = samples.filter((line) => line.startsWith('swarm_lab_threshold_met{'));
    expect(values.map((line) => line.split(' ').at(-1))).toEqual(['1', '0']);
    expect(part).toContain('is 1 or 0 for each threshold that can be told (label `threshold`)');
    for (const name of all(/`(swarm_lab_[a-z_]+)`/g, part).map(([, one]) => one!)) {
      expect(samples.some((line) => line.startsWith(`${name}{`))).toBe(true);
    }
    expect(lines.filter((line) => line.endsWith(' stateset'))).toEqual([
      '# TYPE swarm_lab_outcome stateset',
      '# TYPE swarm_lab_trust stateset',
    ]);
    const about = samples.find((line) => line.startsWith('swarm_lab_run_info{'))!;
    for (const label of ['version', 'commit', 'node', 'platform', 'cpu']) {
      expect(about).toContain(`,${label}="`);
    }
  });
});

describe('what docs/analysis.md says of JUnit', () => {
  const run = { ...experimentRun('a', 1, { makespan: 3500 }), expectations };
  const xml = (more: Partial<typeof run> = {}) => renderJUnit(experimentOfRuns([{ ...run, ...more }]));
  const cases = (text: string) =>
    text
      .split('<testcase ')
      .slice(1)
      .map((one) => /<(failure|error)/.exec(one)?.[1] ?? 'pass');

  it('is a suite for each run, a case for the swarm and one for each threshold', () => {
    expect(renderJUnit(experimentOfRuns([run, { ...run, repeat: 2 }])).split('<testsuite ')).toHaveLength(3);
    expect(cases(xml())).toEqual(['pass', 'pass', 'failure', 'error']);
    expect(partOf('JUnit')).toContain('A test suite for each run, with a test case for the swarm');
  });

  it('is that an incomplete swarm fails, and that untrusted or inconclusive is an error', () => {
    expect(cases(xml({ outcome: 'fail', because: 'swarm', reasons: ['lost'] }))[0]).toBe('failure');
    expect(cases(xml({ trust: 'untrusted', cause: 'late', remedy: 'fewer' }))[0]).toBe('error');
    expect(cases(xml({ outcome: 'inconclusive', because: 'data' }))[0]).toBe('error');
  });

  it('is that the time of the first case is the makespan, in seconds', () => {
    expect([...xml().matchAll(/<testcase [^>]*time="([^"]*)"/g)].map(([, time]) => time)).toEqual([
      '3.500',
      '0.000',
      '0.000',
      '0.000',
    ]);
    expect(partOf('JUnit')).toContain('The time of the first case is the makespan, in seconds');
  });
});
