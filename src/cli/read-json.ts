import { asFailure, Failure } from "../failure.ts";
import { parseJsonText } from "../report/json.ts";

/** What a file holds; "-" is standard input. @throws Failure "usage". */
export async function readJson(path: string, what: string): Promise<unknown> {
  try {
    return parseJsonText(path === "-" ? await Bun.stdin.text() : await Bun.file(path).text());
  } catch (cause) {
    const { code, message } = asFailure(cause);
    if (code === "bad_json") throw new Failure("usage", `${path}: ${what} must be JSON: ${message}`, { cause });
    throw new Failure("usage", `${path} cannot be read: ${message}`, { cause });
  }
}
