import { asFailure, Failure } from "../failure.ts";
import { parseJsonText } from "../report/input/json.ts";
import { readText } from "./read-text.ts";

/** What a file contains; "-" is standard input. @throws Failure "usage". */
export async function readJson(path: string, what: string): Promise<unknown> {
  const text = await readText(path);
  try {
    return parseJsonText(text);
  } catch (cause) {
    throw new Failure("usage", `${path}: ${what} must be JSON: ${asFailure(cause).message}`, { cause });
  }
}
