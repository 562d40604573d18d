/** OpenMetrics text of a finished run: every figure of the catalogue of metrics, of the swarm, each group and each peer. */
import { SECOND_MS } from '../../core/units.ts';
import { groupMetrics, peerMetrics } from '../metrics/scoped-metrics.ts';
import { swarmMetrics } from '../metrics/swarm-metrics.ts';
import type { RunResult } from '../result/result.ts';
import type { MetricUnit } from '../units/metric-unit.ts';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Base units, as the format wants them, and the suffix that names them. */
const UNITS: Readonly<Record<MetricUnit, { readonly suffix: string; readonly divisor: number }>> = {
  ms: { suffix: 'seconds', divisor: SECOND_MS },
  bytes: { suffix: 'bytes', divisor: 1 },
  'bytes/s': { suffix: 'bytes_per_second', divisor: 1 },
  share: { suffix: 'ratio', divisor: 1 },
  count: { suffix: '', divisor: 1 },
  number: { suffix: '', divisor: 1 },
};

/** Figures without data have no sample. */
export function renderOpenMetrics(result: RunResult): string {
  const { peers, groups, plan } = result;
  const run: Labels = { scenario: result.scenario.name, seed: result.seed, engine: result.engine };
  const families = [
    ...[...swarmMetrics].map(([path, { unit, read }]) =>
      gauge('', path, unit, [{ labels: run, value: read(result) }]),
    ),
    ...[...groupMetrics].map(([path, { unit, read }]) =>
      gauge(
        'group_',
        path,
        unit,
        groups.map(({ name }) => ({
          labels: { ...run, group: name },
          value: read({ members: peers.filter(({ group }) => group === name), result }),
        })),
      ),
    ),
    ...[...peerMetrics].map(([path, { unit, read }]) =>
      gauge(
        'peer_',
        path,
        unit,
        peers.map((peer) => ({
          labels: { ...run, group: peer.group, peer: peer.name },
          value: read({ peer, result }),
        })),
      ),
    ),
    thresholds(result, run),
    stateSet(
      'swarm_lab_outcome',
      'Whether the swarm did what it should.',
      run,
      OUTCOMES,
      result.verdict.outcome,
    ),
    stateSet(
      'swarm_lab_trust',
      'Whether the machine may have decided figures.',
      run,
      LEVELS,
      result.trust.level,
    ),
    info(result, run, plan.peers.length),
  ];
  return `${families.join('')}# EOF\n`;
}

const OUTCOMES = ['pass', 'fail', 'inconclusive'] as const;
const LEVELS = ['trusted', 'doubtful', 'untrusted'] as const;

function gauge(
  scope: string,
  path: string,
  unit: MetricUnit,
  values: readonly { readonly labels: Labels; readonly value: number | null }[],
): string {
  const { suffix, divisor } = UNITS[unit];
  const stem = `swarm_lab_${scope}${path.replaceAll(/[^a-zA-Z0-9]+/g, '_')}`;
  const name = suffix === '' ? stem : `${stem}_${suffix}`;
  const samples = values.flatMap(({ labels, value }) =>
    value === null ? [] : [{ labels, value: value / divisor }],
  );
  if (samples.length === 0) return '';
  const help = `The metric ${path} of swarm-lab's docs/metrics.md.`;
  return family(
    name,
    'gauge',
    suffix,
    help,
    samples.map((sample) => sampleLine(name, sample)),
  );
}

function thresholds({ expectations }: RunResult, run: Labels): string {
  const name = 'swarm_lab_threshold_met';
  const lines = expectations.flatMap(({ text, outcome }) =>
    outcome === 'inconclusive'
      ? []
      : [sampleLine(name, { labels: { ...run, threshold: text }, value: outcome === 'pass' ? 1 : 0 })],
  );
  return lines.length === 0
    ? ''
    : family(name, 'gauge', '', 'Whether a threshold of the scenario holds.', lines);
}

function stateSet(
  name: string,
  help: string,
  run: Labels,
  states: readonly string[],
  current: string,
): string {
  const lines = states.map((state) =>
    sampleLine(name, { labels: { ...run, [name]: state }, value: state === current ? 1 : 0 }),
  );
  return family(name, 'stateset', '', help, lines);
}

function info({ environment, startedAt }: RunResult, run: Labels, peers: number): string {
  const { version, commit, node, platform, cpu } = environment;
  const labels = {
    ...run,
    version,
    commit: commit ?? '',
    node,
    platform,
    cpu,
    started: startedAt,
    peers: String(peers),
  };
  const line = sampleLine('swarm_lab_run_info', { labels, value: 1 });
  return family('swarm_lab_run', 'info', '', 'What was run, and where.', [line]);
}

function family(name: string, type: string, unit: string, help: string, lines: readonly string[]): string {
  const head = [
    `# TYPE ${name} ${type}`,
    ...(unit === '' ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
  ];
  return [...head, ...lines].map((line) => `${line}\n`).join('');
}

function sampleLine(name: string, { labels, value }: Sample): string {
  const written = Object.entries(labels).map(([key, text]) => `${key}="${escaped(text)}"`);
  return `${name}{${written.join(',')}} ${value}`;
}

function escaped(text: string): string {
  return text
    .replaceAll(/\p{Surrogate}/gu, '\uFFFD')
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('"', '\\"');
}
