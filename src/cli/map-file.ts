import { existsSync } from "node:fs";
import { join } from "node:path";
import { asFailure, Failure } from "../failure.ts";
import { BUILT_IN_MAPS, builtInMap } from "../import/columns/built-in-maps.ts";
import { type ImportMap, parseMap } from "../import/columns/map.ts";
import { openedCatalogue } from "./catalogue.ts";
import { messages } from "./messages.ts";
import { readJson } from "./read-json.ts";

/** A map from a JSON file. @throws Failure "usage" that states what is wrong with it. */
export async function readMapFile(path: string): Promise<ImportMap> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Failure("usage", messages.noFile(path));
  const document = await readJson(path, "a map");
  try {
    return parseMap(document, path);
  } catch (cause) {
    throw new Failure("usage", asFailure(cause).message, { cause });
  }
}

/** A map from a file, else one that is saved under the name, else a built-in one. @throws Failure "usage" with those there are. */
export async function findMap(nameOrFile: string, dataDir: string): Promise<ImportMap> {
  if (await Bun.file(nameOrFile).exists()) return readMapFile(nameOrFile);
  const names: string[] = [];
  if (existsSync(join(dataDir, "catalogue.db"))) {
    const catalogue = openedCatalogue(dataDir);
    try {
      const saved = catalogue.maps();
      const found = saved.find(({ name }) => name === nameOrFile);
      if (found !== undefined) return parseMap(JSON.parse(found.document), nameOrFile);
      names.push(...saved.map(({ name }) => name));
    } finally {
      catalogue.close();
    }
  }
  const builtIn = builtInMap(nameOrFile);
  if (builtIn !== null) return parseMap(builtIn, nameOrFile);
  const saved = names.length === 0 ? messages.noMapExists : messages.savedMaps(names.join(", "));
  throw new Failure("usage", messages.noMap(nameOrFile, saved, Object.keys(BUILT_IN_MAPS).join(", ")));
}
