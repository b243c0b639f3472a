import { expect, test } from "bun:test";
import { join } from "node:path";
import { binaryPath, run } from "./binary.ts";

test("agentlink licences names every package the product has, each with its licence, and the fonts with theirs", async () => {
  const { dependencies } = await Bun.file(join(import.meta.dir, "../../package.json")).json();
  const { stdout, stderr, code } = await run(["licences"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const parts = new Map(
    stdout
      .split(/^={80}$/m)
      .flatMap((title, index, all) => (index % 2 === 1 ? [[title.trim(), all[index + 1]]] : [])) as [string, string][],
  );
  for (const [name, version] of Object.entries(dependencies)) {
    const [title, text] = [...parts].find(([key]) => key.startsWith(`${name} ${version} (`)) ?? [];
    expect(title, name).toMatch(/\(.*(MIT|ISC|Apache-2\.0|BSD|OFL)/);
    expect(text, name).toMatch(/permission|licen[cs]e/i);
    if (name.startsWith("@expo-google-fonts/")) expect(text, name).toContain("SIL OPEN FONT LICENSE Version 1.1");
  }
  // What those bring with them is in the binary, too; what only the tests need is not.
  expect(stdout).toContain("\npdfkit 0.");
  expect([...parts.keys()].some((title) => title.startsWith("Bun"))).toBe(true);
  expect(stdout).not.toMatch(/^(typescript|@biomejs|dependency-cruiser)/m);
});

test("where the reader of a long output goes away, the program ends without a word", async () => {
  const pipe = ["bash", "-c", '{ "$0" licences; echo "exit $?" >&2; } | true', binaryPath()];
  const { stderr } = Bun.spawnSync(pipe, { stdio: ["ignore", "ignore", "pipe"] });
  expect(stderr.toString()).toBe("exit 0\n");
}, 120_000);
