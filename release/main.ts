import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build, buildCommit } from "../build.ts";
import { version } from "../package.json";
import { changelogSection } from "./changelog.ts";
import { sbom } from "./sbom.ts";
import { formatOf, interpreterOf, TARGETS, type Target } from "./targets.ts";

const ROOT = join(import.meta.dir, "..");
const OUTPUT = join(ROOT, "dist/release");

/**
 * Makes everything a release consists of, in dist/release: the binaries, SHA256SUMS (`sha256sum -c`), the SBOM, and
 * what is new. The same commit gives the same bytes, so anyone can check a release by building it again.
 */
async function release(chosen: readonly string[]): Promise<void> {
  const named = chosen.map((target) => (target.startsWith("bun-") ? target : `bun-${target}`));
  const targets = TARGETS.filter(({ target }) => named.length === 0 || named.includes(target));
  if (targets.length < new Set(named).size) {
    console.error(`a target is one of ${TARGETS.map(({ target }) => target).join(", ")}`);
    process.exit(2);
  }
  const commit = await buildCommit();
  const { title, text } = changelogSection(await readFile(join(ROOT, "CHANGELOG.md"), "utf8"), version);
  if (title === "Unreleased") console.warn(`CHANGELOG.md has no section ${version} yet: taking Unreleased`);

  await rm(OUTPUT, { recursive: true, force: true });
  await mkdir(OUTPUT, { recursive: true });
  const sums: string[] = [];
  const keep = async (file: string) => sums.push(`${await sha256(join(OUTPUT, file))}  ${file}`);

  for (const each of targets) {
    await build({ entry: "src/main.ts", output: join(OUTPUT, each.file), target: each.target });
    const bytes = await checkFormat(each);
    await keep(each.file);
    console.log(`${each.file}: ${Math.round(bytes / 1e6)} MB`);
  }
  const at = new Date((await Bun.$`git log -1 --format=%cI`.cwd(ROOT).text()).trim());
  await writeFile(join(OUTPUT, "agentlink.cdx.json"), sbom({ root: ROOT, at, commit }));
  await keep("agentlink.cdx.json");
  await writeFile(join(OUTPUT, "CHANGES.md"), `# AgentLink ${version} (${commit})\n\n${text}\n`);
  await keep("CHANGES.md");
  await writeFile(join(OUTPUT, "SHA256SUMS"), `${sums.join("\n")}\n`);
  console.log(`dist/release: agentlink ${version} (${commit}), ${sums.length} files and their SHA256SUMS`);
}

/** A binary for another machine cannot be run here, but its header shows whether it is one. */
async function checkFormat({ file, format, interpreter }: Target): Promise<number> {
  const { buffer, byteOffset, byteLength } = await readFile(join(OUTPUT, file));
  const view = new DataView(buffer, byteOffset, byteLength);
  if (formatOf(view) !== format) throw new Error(`${file} is ${formatOf(view)}, not ${format}`);
  const loader = format.startsWith("elf") ? (interpreterOf(view) ?? undefined) : undefined;
  if (loader !== interpreter) throw new Error(`${file} asks for ${loader}, not ${interpreter}`);
  return byteLength;
}

async function sha256(path: string): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hasher.update(chunk);
  return hasher.digest("hex");
}

await release(process.argv.slice(2));
