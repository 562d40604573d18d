/** What was probably meant by the name of a metric that there is not. */
import type { KnownMetrics } from './known-metrics.ts';
import { nearest } from '../source/did-you-mean.ts';

export function suggestMetric(written: string, metrics: KnownMetrics): string {
  const paths = metrics.paths();
  const path = nearest(written, paths);
  if (path !== undefined) return `did you mean "${path}"?`;
  const { scope, figure } = partsOf(written);
  const own = scope === '' ? [] : paths.filter((known) => known.startsWith(`${scope}.`));
  const isKnown = own.length > 0 || scope.startsWith('(') || metrics.isSet(scope);
  const isOfAll = scope !== '' && metrics.find(figure) !== undefined;
  const ofAll = `${figure} is a figure of the whole swarm; write it alone`;
  if (isKnown && isOfAll) return ofAll;
  const near = isKnown || scope === '' ? undefined : nearest(scope, metrics.scopes());
  if (near === undefined) return `known: ${familiar(own.length > 0 ? own : paths)}`;
  const isWhole = [`${near}.${figure}`, `(${near}).${figure}`].some(
    (known) => metrics.find(known) !== undefined,
  );
  if (isWhole) return `did you mean "${near}.${figure}"?`;
  return `did you mean "${near}"?${isOfAll ? ` But ${ofAll}` : ''}`;
}

/** Names of groups, peers and sets have no dots; a set in parentheses may end with any. */
function partsOf(written: string): { readonly scope: string; readonly figure: string } {
  const dot = written.startsWith('(') ? written.lastIndexOf(').') + 1 : written.indexOf('.');
  return dot < 1
    ? { scope: '', figure: written }
    : { scope: written.slice(0, dot), figure: written.slice(dot + 1) };
}

/** The first of very many. */
function familiar(paths: readonly string[]): string {
  const SHOWN_MAX = 12;
  return paths.length <= SHOWN_MAX
    ? paths.join(', ')
    : `${paths.slice(0, SHOWN_MAX).join(', ')}… (docs/metrics.md has all)`;
}
