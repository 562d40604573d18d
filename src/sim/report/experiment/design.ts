/** What `--plan` prints: the runs in their order, and of each plan what it needs and how fast it could be. */
import type { Design } from '../../experiment/design.ts';
import type { Forecast } from '../../experiment/forecast.ts';
import type { Plan } from '../../plan/plan.ts';
import { renderPlan } from '../../plan/render-plan.ts';
import { formatBytes, formatDuration, formatPercent } from '../../units/format.ts';
import { limitWords } from '../columns.ts';
import { renderTable } from '../table.ts';

/** Of several runs the first plan of each arm is shown; --json has all. */
export function renderDesign(design: Design, forecastOf: (plan: Plan) => Forecast): string {
  const { plans, arms, scenario, repeats, seed } = design;
  const [first, second] = plans;
  if (first === undefined) return '';
  if (second === undefined) return renderOne(first, forecastOf(first));
  const forecasts = plans.map(forecastOf);
  const leastMs = forecasts
    .slice(0, repeats.least * arms.length)
    .reduce((sum, one, at) => sum + one.setupMs + Math.min(finite(one.bound.ms), plans[at]!.timeLimitMs), 0);
  const mostMs = forecasts.reduce((sum, one, at) => sum + one.setupMs + plans[at]!.timeLimitMs, 0);
  const rows = plans.map((plan, position) => [
    String(position + 1),
    plan.variant?.arm ?? '',
    String(plan.variant?.repeat ?? 1),
    plan.seed,
    String(plan.peers.length),
    boundText(forecasts[position]!),
  ]);
  const right = (head: string) => ({ head, align: 'right' as const });
  const columns = [
    right('order'),
    { head: 'arm' },
    right('repeat'),
    { head: 'seed' },
    right('peers'),
    right('bound'),
  ];
  const shown = arms.flatMap(({ name }) => {
    const at = plans.findIndex(({ variant }) => variant?.arm === name);
    return at === -1
      ? []
      : [`${arms.length > 1 ? `arm ${name}\n` : ''}${renderOne(plans[at]!, forecasts[at]!)}`];
  });
  return [
    `${scenario.name}: ${runsText(design)} runs, ${arms.length === 1 ? '1 arm' : `${arms.length} arms`} × ${repeatsText(repeats)}, ` +
      `seed ${seed}; ${design.baseline === null ? 'no baseline' : `compared with ${design.baseline}`}\n` +
      `at least ${formatDuration(leastMs)}, at most about ${formatDuration(mostMs)}`,
    renderTable(columns, rows),
    ...shown,
  ].join('\n\n');
}

function runsText({ plans, arms, repeats }: Design): string {
  const least = repeats.until === null ? plans.length : repeats.least * arms.length;
  return least === plans.length ? String(least) : `${least} to ${plans.length}`;
}

/** `3`, or `3 to 20 (until half the 95 % interval of makespan is within 5 % of its mean)`. */
function repeatsText({ least, most, until }: Design['repeats']): string {
  if (until === null) return String(most);
  const { metric, share } = until;
  return `${least} to ${most} (until half the 95 % interval of ${metric} is within ${formatPercent(share)} of its mean)`;
}

function renderOne(plan: Plan, one: Forecast): string {
  return `${renderPlan(plan)}\n${renderForecast(plan, one)}`;
}

function renderForecast({ timeLimitMs }: Plan, one: Forecast): string {
  const { bound, setupMs, threads, memoryBytes, descriptorsMax, diskBytes } = one;
  const term = bound.limitedBy === null ? '' : `, ${limitWords[bound.limitedBy]}`;
  const rows = [
    ['lower bound', `${boundText(one)}${term}`],
    ['time', `${timeText(one, timeLimitMs)} (set-up about ${formatDuration(setupMs)})`],
    [
      'needs',
      `${threads} threads, about ${formatBytes(memoryBytes)} of memory, up to ${descriptorsMax} file descriptors, ` +
        `${formatBytes(diskBytes)} of temporary files`,
    ],
    ['fits', 'yes, as this machine is now'],
  ];
  return `${rows.map(([name, value]) => `${name!.padEnd(15)}${value!}`).join('\n')}\n`;
}

function timeText({ bound, setupMs }: Forecast, timeLimitMs: number): string {
  const most = formatDuration(setupMs + timeLimitMs);
  if (!Number.isFinite(bound.ms)) return `at most ${most}`;
  if (bound.ms <= timeLimitMs) return `at least ${formatDuration(setupMs + bound.ms)}, at most ${most}`;
  return `${most}, and not complete by then: the lower bound is above the time limit of ${formatDuration(timeLimitMs)}`;
}

function boundText({ bound }: Forecast): string {
  if (bound.ms === Infinity) return 'never: some chunk has no holder, or no uplink, that could deliver it';
  return bound.limitedBy === null ? 'none: no limited link stands in the way' : formatDuration(bound.ms);
}

function finite(ms: number): number {
  return Number.isFinite(ms) ? ms : 0;
}
