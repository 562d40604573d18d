/** Several runs of one scenario side by side: what of a figure is the swarm's, and what is chance. */
import { repeated } from '../analyse/statistics.ts';
import type { RunResult } from '../measure/result.ts';
import { figures } from './figures.ts';
import type { Figure } from './figures.ts';
import { NO_DATA } from './format.ts';
import { paintWith } from './paint.ts';
import { renderTable } from './table.ts';

export interface RepeatsOptions {
  readonly colours: boolean;
}

/** Figures without data in some runs are summarised over the others; `n` tells over how many. */
export function renderRepeats(results: readonly RunResult[], options: RepeatsOptions): string {
  const paint = paintWith(options.colours);
  const of = (outcome: RunResult['verdict']['outcome']) =>
    results.filter(({ verdict }) => verdict.outcome === outcome).length;
  const [passed, failed, unclear] = [of('pass'), of('fail'), of('inconclusive')];
  const doubtful = results.filter(({ trust }) => trust.level === 'doubtful').length;
  const counts = [
    paint.good(`${passed} passed`),
    ...(failed > 0 ? [paint.bad(`${failed} failed`)] : []),
    ...(unclear > 0 ? [paint.warn(`${unclear} inconclusive`)] : []),
  ];
  const name = results[0]?.scenario.name ?? 'no scenario';
  const lines = [
    `${paint.bold(name)}: ${results.length} runs, ${counts.join(', ')}`,
    ...(doubtful > 0
      ? [
          paint.warn(
            `  ! In ${doubtful} of ${results.length} runs the host may have decided the figures; ` +
              'their reports say why.',
          ),
        ]
      : []),
    '',
    table(results),
    '',
    paint.dim('± is half the 95 % confidence interval of the mean (Student’s t); sd is of the sample.'),
    paint.dim('n below the number of runs: the others have no such figure, for example no makespan.'),
    paint.dim(`Seeds: ${results.map(({ seed }) => seed).join(', ')}`),
  ];
  return `${lines.join('\n')}\n`;
}

function table(results: readonly RunResult[]): string {
  const rows = Object.values(figures).flatMap((figure: Figure) => {
    const values = results.map(figure.value).filter((value) => value !== null);
    const summary = repeated(values);
    if (summary === null) return [];
    const { count, mean, sd, ci95, min, max } = summary;
    const spread = (value: number | null) => (value === null ? NO_DATA : figure.format(value));
    return [
      [
        figure.label,
        figure.format(mean),
        ci95 === null ? NO_DATA : `± ${figure.format(ci95)}`,
        spread(sd),
        figure.format(min),
        figure.format(max),
        String(count),
      ],
    ];
  });
  const right = (head: string) => ({ head, align: 'right' as const });
  return renderTable(
    [
      { head: 'figure' },
      right('mean'),
      right('95 % interval'),
      right('sd'),
      right('min'),
      right('max'),
      right('n'),
    ],
    rows,
  );
}
