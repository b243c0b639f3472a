/** Resolves when the condition holds; fails after so long, ten seconds where nothing else is said. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 10_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`it did not come to be: ${condition}`);
    await Bun.sleep(2);
  }
}
