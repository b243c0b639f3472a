import { asFailure } from "../failure.ts";

/** Prints a check as one object: what was done, and what went wrong. @throws what went wrong, too. */
export async function stepsAsJson(
  check: (step: (line: string) => void) => Promise<void>,
  print: (line: string) => void,
): Promise<void> {
  const steps: string[] = [];
  try {
    await check((line) => steps.push(line));
  } catch (error) {
    const { code, message } = asFailure(error);
    print(JSON.stringify({ ok: false, steps, error: { code, message } }));
    throw error;
  }
  print(JSON.stringify({ ok: true, steps, error: null }));
}
