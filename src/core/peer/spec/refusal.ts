/** Longer content is never taken for a refusal. */
export const REFUSAL_BYTES_MAX = 96;

/**
 * Whether the whole content is a line of text by which some programs say that they do not hold a chunk, such as
 * `CHUNK_NOT_FOUND` or `ERROR: chunk 3 not available`. Other short texts are content.
 */
export function looksLikeRefusal(content: Uint8Array): boolean {
  if (content.length === 0 || content.length > REFUSAL_BYTES_MAX) return false;
  const text = String.fromCharCode(...content).trim();
  return /^[\x20-\x7e]+$/.test(text) && REFUSALS.some((refusal) => refusal.test(text));
}

const REFUSALS = [
  /^(error\W+)?(the )?(requested )?(chunk|file|index)\b.{0,24}\b(not|unavailable|unknown)\b.{0,24}$/i,
  /^(error[\W_]+)?(request(ed)?[_ ])?(chunk|file)[_ ](location[_ ])?(not[_ ](found|available|held|here)|unknown|missing|unavailable)(?![a-z]).{0,16}$/i,
  /^(error\W+)?(not|no)[_ ](found|such|available|held|chunk)(?![a-z]).{0,24}$/i,
  /^error\W*$/i,
];
