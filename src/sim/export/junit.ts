/**
 * JUnit XML of thresholds, for build machines: a suite a run, a case for the swarm itself and one for each threshold.
 * Valid by the schema of Apache Ant's JUnit report, which is the strictest of those in use.
 */
import { SECOND_MS } from '../../core/units.ts';
import type { Experiment, ExperimentRun } from '../experiment/experiment.ts';
import type { ExpectationFigures } from '../result/result.ts';
import { formatMetric } from '../units/format.ts';
import { element } from './xml.ts';

/** What a case came to: inconclusive is an error, since missing data is never a pass. */
interface Case {
  readonly name: string;
  readonly trouble: {
    readonly kind: 'failure' | 'error';
    readonly type: string;
    readonly message: string;
  } | null;
}

export function renderJUnit(experiment: Experiment): string {
  const suites = experiment.runs.map((run, id) => suiteOf(experiment, run, id));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, suites)}\n`;
}

function suiteOf(experiment: Experiment, run: ExperimentRun, id: number): string {
  const { scenario, engine, environment, runs } = experiment;
  const name = runs.length === 1 ? scenario.name : `${scenario.name}, ${run.arm}, repeat ${run.repeat}`;
  const cases = [swarmCase(run), ...run.expectations.map((one) => thresholdCase(one, run))];
  const count = (kind: 'failure' | 'error') => cases.filter(({ trouble }) => trouble?.kind === kind).length;
  const properties = Object.entries({
    seed: run.seed,
    engine,
    trust: run.trust,
    version: environment.version,
    commit: environment.commit ?? 'unknown',
    node: environment.node,
    report: run.folder,
  }).map(([key, value]) => element('property', { name: key, value }));
  const seconds = (run.figures['makespan'] ?? 0) / SECOND_MS;
  const attributes = {
    id,
    package: 'swarm-lab',
    name,
    // The schema knows neither fractions of a second nor a time zone.
    timestamp: run.startedAt.slice(0, 'YYYY-MM-DDTHH:MM:SS'.length),
    hostname: 'localhost',
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    time: seconds.toFixed(3),
  };
  return element('testsuite', attributes, [
    element('properties', {}, properties),
    ...cases.map((one, at) => caseElement(one, name, at === 0 ? seconds : 0)),
    element('system-out', {}),
    element('system-err', {}),
  ]);
}

function caseElement({ name, trouble }: Case, suite: string, seconds: number): string {
  const attributes = { classname: suite, name, time: seconds.toFixed(3) };
  if (trouble === null) return element('testcase', attributes);
  const { kind, type, message } = trouble;
  return element('testcase', attributes, [element(kind, { type, message })]);
}

/** A threshold that is missed, or that cannot be told, has a case of its own. */
function swarmCase({ outcome, because, reasons, expectations, trust, cause, remedy }: ExperimentRun): Case {
  const name = 'every peer that must complete does, with the original content';
  const own = reasons.filter(
    (reason) => !expectations.some(({ text }) => reason.startsWith(`Expected ${text}`)),
  );
  const message = own.join(' ');
  if (because === 'swarm' || because === 'aborted') {
    return { name, trouble: { kind: 'failure', type: because, message } };
  }
  if (trust === 'untrusted') {
    return {
      name,
      trouble: { kind: 'error', type: 'untrusted', message: `${cause ?? ''}; remedy: ${remedy ?? ''}` },
    };
  }
  // Without any reason it is not known to be of a threshold.
  if (outcome === 'inconclusive' && (own.length > 0 || reasons.length === 0))
    return { name, trouble: { kind: 'error', type: 'inconclusive', message } };
  return { name, trouble: null };
}

function thresholdCase(
  { text, metric, unit, measured, outcome, note }: ExpectationFigures,
  { trust }: ExperimentRun,
): Case {
  if (outcome === 'pass') return { name: text, trouble: null };
  const told = `${metric} is ${formatMetric(measured, unit)}, expected: ${text}`;
  if (outcome === 'fail' && trust === 'untrusted') {
    const message = `${told}; the run is untrusted, so that the host may have missed it`;
    return { name: text, trouble: { kind: 'error', type: 'untrusted', message } };
  }
  return outcome === 'fail'
    ? { name: text, trouble: { kind: 'failure', type: 'threshold', message: told } }
    : {
        name: text,
        trouble: { kind: 'error', type: 'inconclusive', message: note === '' ? told : `${told}; ${note}` },
      };
}
