import { asFailure, Failure } from "../failure.ts";
import { type ImportMap, parseMap } from "../import/map.ts";

/** A map from a JSON file. @throws Failure "usage" that says what is wrong with it. */
export async function readMapFile(path: string): Promise<ImportMap> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Failure("usage", `--map ${path}: there is no such file`);
  try {
    return parseMap(JSON.parse(await file.text()), path);
  } catch (error) {
    const { message } = asFailure(error);
    throw new Failure("usage", error instanceof Failure ? message : `--map ${path} is not JSON: ${message}`, {
      cause: error,
    });
  }
}
