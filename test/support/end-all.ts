/**
 * Ends what a test has begun, the last first, and leaves the list empty. One that cannot be ended keeps none of the
 * others: a server that stays would disturb the tests that follow.
 *
 * @throws what kept the first of them from its end, after all have been tried
 */
export async function endAll(ends: (() => unknown)[]): Promise<void> {
  const troubles: unknown[] = [];
  for (const end of ends.splice(0).reverse()) {
    try {
      await end();
    } catch (error) {
      troubles.push(error);
    }
  }
  if (troubles.length > 0) throw troubles[0];
}
