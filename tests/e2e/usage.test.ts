import { expect, test } from "bun:test";
import { run, startBinary, temporaryFolder } from "./binary.ts";

test("an invalid call exits 2, whether the command line or the service finds out, and has done nothing", async () => {
  const dataDir = temporaryFolder();
  const service = await startBinary({ dataDir });
  const at = ["--url", service.url];
  try {
    for (const words of [
      ["nonsense"],
      ["jobs", "lst"],
      ["jobs", "list", "--bogus"],
      ["jobs", "list", "--since", "yesterday", ...at],
      ["jobs", "list", "--until", "24.11.2026", ...at],
      ["jobs", "list", "--status", "broken", ...at],
      ["jobs", "list", "--limit", "0", ...at],
      ["jobs", "show"],
      ["submit", "Nowhere at all", "NSW", ...at],
      ["submit", "Manly", "NSW", "--postcode", "9999", ...at],
      ["submit", "Manly", "NSW", "--callback", "not an address", ...at],
      ["submit", "Manly", "NSW", "--priority", "11", ...at],
      ["prune", "--older-than", "5 days", ...at],
      ["keys", "create", "--name", "a", "--scope", "everything", "--data-dir", dataDir],
      ["completion", "tcsh"],
      ["help", "nonsense"],
      ["serve", "--port", "abc"],
    ]) {
      const { code, stdout, stderr } = await run(words);
      expect({ words, code, stderr: stderr !== "", stdout }).toEqual({ words, code: 2, stderr: true, stdout: "" });
    }
    expect(await (await fetch(`${service.url}/api/jobs`)).json()).toEqual({ jobs: [], next_cursor: null });
    const recent = await run(["jobs", "list", "--since", "2h", ...at]);
    expect([recent.code, recent.stderr]).toEqual([
      0,
      "there are no jobs: request a report, for example with `agentlink submit Manly NSW`\n",
    ]);
  } finally {
    await service.end("SIGTERM");
  }
}, 120_000);
