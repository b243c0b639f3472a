import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dir, "../..");
const DOCUMENTS = ["README.md", "SECURITY.md", ...readdirSync(join(ROOT, "docs")).map((name) => `docs/${name}`)];

/** As GitHub makes it from a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

function leadsNowhere(document: string, link: string): boolean {
  if (/^[a-z]+:/.test(link)) return false;
  const [path = "", fragment] = link.split("#");
  const file = path === "" ? join(ROOT, document) : join(ROOT, dirname(document), path);
  if (!existsSync(file)) return true;
  if (fragment === undefined || !file.endsWith(".md")) return false;
  const headings = [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchor(heading));
  return !headings.includes(fragment);
}

test.each(DOCUMENTS.filter((name) => name.endsWith(".md")))("each link of %s leads somewhere", (document) => {
  const links = [...readFileSync(join(ROOT, document), "utf8").matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, link = ""]) => link,
  );
  expect(links.filter((link) => leadsNowhere(document, link))).toEqual([]);
});
