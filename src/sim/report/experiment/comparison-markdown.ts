/** A comparison of saved runs for a pull request. */
import type { ComparedSide, Comparison, Side } from '../../experiment/comparison.ts';
import { escapeMarkdown, markdownCode } from '../escape-markdown.ts';
import { renderMarkdownTable } from '../table.ts';
import {
  cautions,
  comparisonColumns,
  comparisonRow,
  describeSide,
  headlineOf,
  methodOf,
  tablesOf,
} from './comparison-columns.ts';

/** Ends with a newline. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const { base, others } = comparison;
  const sides = [base, ...others.map(({ side }) => side)];
  const method = methodOf(comparison);
  const sections = [
    `### ${escapeMarkdown(base.scenario)}: ${sides.map(({ name }) => name).join(', ')}`,
    list(
      sides.map(
        (side) => `**${side.name}** ${markdownCode(side.source)}: ${escapeMarkdown(describeSide(side))}`,
      ),
    ),
    ...others.flatMap((other) => sectionsOf(other, base)),
    method === '' ? '' : escapeMarkdown(method),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function sectionsOf(other: ComparedSide, base: Side): string[] {
  return [
    `**${escapeMarkdown(headlineOf(other, base))}**`,
    list(cautions(other, base).map(escapeMarkdown)),
    ...other.arms.flatMap((arm) =>
      tablesOf(arm).map(({ title, figures }) => {
        const table = renderMarkdownTable(
          comparisonColumns(arm, other, base, other.arms.length === 1 ? 'metric' : ''),
          figures.map((figure) => comparisonRow(figure)),
        );
        // Folded, so that the key figures of several arms stay together in a pull request.
        return title === ''
          ? table
          : `<details><summary>${figures.length} ${title}</summary>\n\n${table}\n\n</details>`;
      }),
    ),
  ];
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}
