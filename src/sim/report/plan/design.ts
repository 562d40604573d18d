/** What `--plan` prints: the runs in their order, and of each plan what it needs and how fast it could be. */
import type { Design } from '../../experiment/design.ts';
import type { Forecast } from '../../experiment/forecast.ts';
import type { Plan } from '../../plan/plan.ts';
import { formatDuration, formatPercent } from '../../units/format.ts';
import { renderTableWithin } from '../table.ts';
import { wrap } from '../wrap.ts';
import { differences } from './differences.ts';
import { boundText, forecastSection, spanOf } from './forecast-section.ts';
import { planSections } from './plan-sections.ts';
import { renderSection, type Section } from './section.ts';

/**
 * Of several runs the first plan of the first arm is shown, and of the other arms how they differ from it; --json has
 * all.
 *
 * @param forecasts of each plan
 * @param columns of the terminal
 */
export function renderDesign(design: Design, forecasts: readonly Forecast[], columns: number): string {
  const { plans, arms } = design;
  const [first] = plans;
  if (first === undefined) return '';
  if (plans.length === 1) return `${renderOne(first, forecasts[0]!, columns)}\n`;
  const shown = arms.flatMap(({ name }) => {
    const at = plans.findIndex(({ variant }) => variant?.arm === name);
    return at === -1 ? [] : [{ name, plan: plans[at]!, one: forecasts[at]! }];
  });
  const [base, ...others] = shown;
  const baseSections = sectionsOf(base!.plan, base!.one);
  return `${[
    overview(design, forecasts, columns),
    renderOrder(design, forecasts, columns),
    `${arms.length > 1 ? `${wrap(`arm ${base!.name}`, columns, '  ')}\n` : ''}${renderOne(base!.plan, base!.one, columns)}`,
    ...others.map(({ name, plan, one }) => {
      const differing = differences(baseSections, sectionsOf(plan, one));
      const text = renderSection(differing, columns);
      const title = wrap(`arm ${name}: as ${base!.name}, but`, columns, '  ');
      return `${title}\n${text === '' ? 'no difference in what is shown' : text}`;
    }),
  ].join('\n\n')}\n`;
}

function renderOne(plan: Plan, one: Forecast, columns: number): string {
  const { name, description } = plan.scenario;
  const title = wrap(`${name} · seed ${plan.seed}`, columns, '  ');
  const sections = [...planSections(plan), forecastSection(plan, one)];
  return [
    description === '' ? title : `${title}\n${wrap(description, Math.min(columns, 110), '')}`,
    ...sections.map((section) => renderSection(section, columns)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** For comparing: the name of the arm is no difference, nor is which run it is. */
function sectionsOf(plan: Plan, one: Forecast): Section[] {
  return [...planSections({ ...plan, variant: null }), forecastSection(plan, one)];
}

function overview(design: Design, forecasts: readonly Forecast[], columns: number): string {
  const { plans, arms, scenario, repeats, seed, baseline } = design;
  const spans = plans.map((plan, at) => spanOf(plan, forecasts[at]!));
  const leastMs = spans.slice(0, repeats.least * arms.length).reduce((sum, span) => sum + span.leastMs, 0);
  const mostMs = spans.reduce((sum, span) => sum + span.mostMs, 0);
  const what =
    `${scenario.name}: ${runsText(design)} runs, ${arms.length === 1 ? '1 arm' : `${arms.length} arms`} × ` +
    `${repeatsText(repeats)}, seed ${seed}; ${baseline === null ? 'no baseline' : `compared with ${baseline}`}`;
  return `${wrap(what, columns, '  ')}\nat least ${formatDuration(leastMs)}, at most about ${formatDuration(mostMs)}`;
}

function renderOrder({ plans }: Design, forecasts: readonly Forecast[], columns: number): string {
  const rows = plans.map((plan, position) => [
    String(position + 1),
    plan.variant?.arm ?? '',
    String(plan.variant?.repeat ?? 1),
    plan.seed,
    String(plan.peers.length),
    boundText(forecasts[position]!),
  ]);
  const right = (head: string) => ({ head, align: 'right' as const });
  return renderTableWithin(
    [
      right('order'),
      { head: 'arm', wraps: true },
      right('repeat'),
      { head: 'seed', wraps: true, rank: 0 },
      { ...right('peers'), rank: 1 },
      { ...right('bound'), wraps: true },
    ],
    rows,
    columns,
  );
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
