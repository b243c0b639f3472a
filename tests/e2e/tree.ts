import { cp, mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");

/** The tree as git has it, and by default its packages; by hard links: the copy's path differs from the original's. */
export async function copyTree(to: string, { packages = true } = {}): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(ROOT)) {
    if ([".git", "dist", "node_modules"].includes(name)) continue;
    if (name === "data") await cp(join(ROOT, "data/sample"), join(to, "data/sample"), { recursive: true });
    else await cp(join(ROOT, name), join(to, name), { recursive: true });
  }
  if (packages)
    await Bun.$`cp -al ${join(ROOT, "node_modules")} ${join(to, "node_modules")} || cp -a ${join(ROOT, "node_modules")} ${join(to, "node_modules")}`.quiet();
}

/** Builds the product of a copied tree; returns where the binary is. @throws with all that the build printed. */
export async function buildTree(tree: string): Promise<string> {
  const build = Bun.spawn([process.execPath, "build.ts"], { cwd: tree, stdout: "pipe", stderr: "pipe" });
  const errors = await new Response(build.stderr).text();
  if ((await build.exited) !== 0 || errors !== "") throw new Error(`the build failed: ${errors}`);
  return join(tree, "dist/agentlink");
}
