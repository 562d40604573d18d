import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measuredSmallSwarm, testEnvironment, measure } from '../measure/fixture.ts';
import { findMetric, metricPaths } from './metrics.ts';

const { plan, record, result } = measuredSmallSwarm();
const scopes = { groups: ['seeder', 'leecher'], peers: ['seeder', 'leecher/1', 'leecher/2'] };

function read(path: string) {
  return findMetric(path, scopes)!.read(result);
}

describe('the catalogue of metrics', () => {
  it('reads the figures of the swarm from the result', () => {
    expect(read('makespan')).toBe(3500);
    expect(read('completion.median')).toBe(3250);
    // 8,000 useful bytes in 3.5 s.
    expect(read('goodput')).toBeCloseTo(8000 / 3.5, 6);
    expect(read('waste')).toBeCloseTo(500 / 8500, 9);
    expect(read('completed')).toBe(1);
    expect(read('integrity')).toBe(1);
    expect(read('seeder_load')).toBe(4500 / 4000);
  });

  it('counts the copies of the rarest chunk: chunk 4 has one until 3 s, and all have three at the end', () => {
    expect(read('availability.min')).toBe(1);
    expect(read('availability.end')).toBe(3);
  });

  it('reads the figures of a group and of a peer', () => {
    expect(read('leecher.uploaded')).toBe(4000);
    expect(read('leecher.completion.max')).toBe(3500);
    expect(read('leecher.upload_share')).toBe(4000 / 8500);
    expect(read('leecher.peers')).toBe(2);
    expect(read('leecher/1.completion')).toBe(3000);
    expect(read('leecher/2.downloaded')).toBe(4500);
    expect(read('leecher/2.progress')).toBe(1);
  });

  it('reads the figures of a set of peers that the plan has', () => {
    const set = { ...result, plan: { ...plan, sets: { 'all - leecher/1': ['seeder', 'leecher/2'] } } };
    const of = (path: string) => findMetric(path, scopes)!.read(set);
    expect(of('(all - leecher/1).peers')).toBe(2);
    expect(of('(all - leecher/1).downloaded')).toBe(4500);
    expect(of('(asia).downloaded')).toBeNull();
    expect(findMetric('(all).colour', scopes)).toBeUndefined();
  });

  it('reads any percentile of the completion times, of the swarm, a group or a set', () => {
    expect(read('completion.p50')).toBe(read('completion.median'));
    expect(read('completion.p95')).toBeCloseTo(3475, 9);
    expect(read('leecher.completion.p99')).toBeCloseTo(3495, 9);
    expect(read('leecher.completion.p99.9')).toBeCloseTo(3499.5, 9);
    for (const path of ['completion.p0', 'completion.p100', 'completion.p', 'leecher/1.completion.p50']) {
      expect(findMetric(path, scopes), path).toBeUndefined();
    }
  });

  it('asks the peer where a group of one has its name but not the figure', () => {
    expect(read('seeder.peers')).toBe(1);
    expect(read('seeder.joined')).toBe(0);
  });

  it('knows the peer of a group of one by its number, too', () => {
    expect(read('seeder/1.joined')).toBe(0);
    expect(read('seeder/1.uploaded')).toBe(read('seeder.uploaded'));
    expect(findMetric('seeder/1.peers', scopes)).toBeUndefined();
  });

  it('says the most that each figure can be, and no figure of a run is above it', () => {
    const mostOf = (path: string) => findMetric(path, scopes)!.most;
    expect(['waste', 'leecher.completed', 'leecher/1.progress', 'fairness'].map(mostOf)).toEqual([
      1, 1, 1, 1,
    ]);
    expect(['overhead', 'seeder_load', 'goodput', 'bans'].map(mostOf)).toEqual(Array(4).fill(Infinity));
    expect(['makespan', 'leecher/1.completion', 'availability.min'].map(mostOf)).toEqual([
      'end',
      'end',
      'peers',
    ]);
    const limits = { end: plan.timeLimitMs, peers: plan.peers.length };
    for (const path of metricPaths(scopes)) {
      const { most } = findMetric(path, scopes)!;
      expect(read(path) ?? 0, path).toBeLessThanOrEqual(typeof most === 'number' ? most : limits[most]);
    }
  });

  it('has no completion but the first when one that must complete did not', () => {
    const events = record.events.filter(
      (event) => event.peer !== 'leecher/2' || event.type !== 'peer-completed',
    );
    const partial = measure(plan, { ...record, events }, testEnvironment);
    const of = (path: string) => findMetric(path, scopes)!.read(partial);
    expect(of('completion.min')).toBe(3000);
    expect(of('completion.p95')).toBeNull();
    expect(of('leecher.completion.max')).toBeNull();
    expect(of('leecher.completed')).toBe(0.5);
  });

  it('has no integrity when one was not checked', () => {
    const peers = record.peers.map((peer) => ({ ...peer, integrity: 'unchecked' as const }));
    const unchecked = measure(plan, { ...record, peers }, testEnvironment);
    expect(findMetric('integrity', scopes)!.read(unchecked)).toBeNull();
  });

  it.each([
    'makspan',
    'nobody.waste',
    'leecher',
    'leecher.',
    'leecher/1.completion.p95',
    'seeder/2.uploaded',
    'leecher/3.uploaded',
    '',
  ])('knows no metric “%s”', (path) => expect(findMetric(path, scopes)).toBeUndefined());

  it('finds every path that it lists, once, and reads a number or null', () => {
    const paths = metricPaths(scopes);
    expect(new Set(paths).size).toBe(paths.length);
    for (const path of paths) {
      const metric = findMetric(path, scopes)!;
      expect(metric.path).toBe(path);
      const value = metric.read(result);
      expect(value === null || Number.isFinite(value)).toBe(true);
    }
    expect(paths).toContain('leecher.completion.p95');
    expect(paths).toContain('leecher/2.uploaded');
  });

  it('is in docs/metrics.md, each metric with its unit, and nothing else is', () => {
    const text = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const catalogue = text.slice(text.indexOf('## Paths of metrics'));
    const rows = [...catalogue.matchAll(/^\| (?:`([^`]+)`(?:, )?)+ *\|.*\|.*\|$/gm)].flatMap(([row]) => {
      const [, names, unit] = row.split('|').map((cell) => cell.trim());
      return [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name!} [${unit!}]`);
    });
    const known = metricPaths({ groups: ['<group>'], peers: ['<peer>'] }).map(
      (path) => `${path} [${findMetric(path, { groups: ['<group>'], peers: ['<peer>'] })!.unit}]`,
    );
    expect(rows.toSorted()).toEqual(known.toSorted());
  });
});
