/** All charts of a run, of what its events told. */
import type { FaultMark, RunCharts } from '../shared/charts.ts';
import { availabilityChart } from './availability-chart.ts';
import { completionChart } from './completion-chart.ts';
import { departuresOf } from './departures.ts';
import { flowChart } from './flow-chart.ts';
import { goodputChart } from './goodput-chart.ts';
import { lanesChart } from './lanes-chart.ts';
import { latencyChart } from './latency-chart.ts';
import { peerBytes } from './rates.ts';
import { replayChart } from './replay-chart.ts';
import { shareChart } from './share-chart.ts';
import { slowestChart } from './slowest-chart.ts';
import type { SwarmStory } from './swarm-story.ts';
import { thinned } from './time-bins.ts';
import { trackerChart } from './tracker-chart.ts';
import { uplinksChart } from './uplinks-chart.ts';

/** More than these hide the chart that they are drawn on. */
const FAULTS_MAX = 40;
const TARGETS_MAX = 200;

export function runCharts(story: SwarmStory): RunCharts {
  const rates = peerBytes(story);
  const departures = departuresOf(story);
  return {
    kind: 'run',
    endMs: story.endMs,
    groups: story.groups,
    faults: faultMarks(story),
    departures,
    completion: completionChart(story),
    goodput: goodputChart(story, departures),
    availability: availabilityChart(story),
    flows: flowChart(story),
    lanes: lanesChart(story, rates),
    tracker: trackerChart(story),
    shares: shareChart(story),
    latencies: latencyChart(story),
    uplinks: uplinksChart(story, rates),
    slowest: slowestChart(story, rates),
    replay: replayChart(story),
  };
}

function faultMarks({ faults, endMs }: SwarmStory): FaultMark[] {
  return thinned(faults, FAULTS_MAX).map(({ name, fromMs, toMs, targets }) => ({
    name,
    targets: targets.slice(0, TARGETS_MAX),
    fromMs,
    toMs: toMs ?? endMs,
    instant: toMs !== null && toMs - fromMs < endMs / 500,
  }));
}
