import { asFailure, Failure } from "../failure.ts";

/** What a file holds; "-" is standard input. @throws Failure "usage". */
export async function readJson(path: string, what: string): Promise<unknown> {
  try {
    return JSON.parse(path === "-" ? await Bun.stdin.text() : await Bun.file(path).text());
  } catch (cause) {
    throw new Failure("usage", `${path} is not ${what} in JSON: ${asFailure(cause).message}`, { cause });
  }
}
