import { expect } from "bun:test";
import { resolve } from "node:path";
import { shellBlocks } from "../docs/blocks.ts";
import { binaryPath } from "../e2e/binary.ts";
import { unless } from "../programs.ts";
import { BOOT_PACKAGES, bootMachine, bootObstacle, LACKS_SYSTEMD } from "./booted.ts";

const ROOT = resolve(import.meta.dir, "../..");

/** The block of a document that begins so. */
async function block(document: string, first: string): Promise<string> {
  const { code } =
    shellBlocks(await Bun.file(resolve(ROOT, document)).text()).find((each) => each.code.startsWith(first)) ?? {};
  if (code === undefined) throw new Error(`${document} has no block that begins with ${first}`);
  return code.trim();
}

const obstacle = bootObstacle();
unless(obstacle, ...(obstacle === LACKS_SYSTEMD ? BOOT_PACKAGES : []))(
  "the documents' commands for a machine that systemd runs work there, one block after the other",
  async () => {
    const machine = await bootMachine();
    const works = async (code: string, stdin?: string) => {
      const { code: ended, stdout, stderr } = await machine.run(code, stdin);
      expect({ code, ended, stderr: ended === 0 ? "" : `${stdout}${stderr}` }).toEqual({ code, ended: 0, stderr: "" });
      return stdout;
    };
    try {
      await Bun.$`cp ${binaryPath()} ${machine.root}/srv/here/agentlink-linux-x64`;
      await Bun.$`cp ${resolve(ROOT, "data/sample/sales.csv")} ${machine.root}/srv/here/sales.csv`;

      const installed = await works(await block("docs/systemd.md", "sudo ./agentlink-linux-x64 install"));
      expect(installed).toMatch(/^al_[\w-]+$/m);
      expect(installed).toContain("3024 new");
      expect(installed).toMatch(/^ok +service /m);
      const readiness = "curl -s http://127.0.0.1:8080/readyz";
      expect(await works(readiness)).toContain('"ready"');

      const secret = await block("docs/systemd.md", "sudo sh -c 'umask 077; cat > /etc/agentlink/credentials");
      await works(secret, "a-refresh-token\n");
      const config = await works("agentlink-as-service config");
      expect(config).toMatch(/AGENTLINK_PUBLIC_URL=\S*reports\.example\.com/);
      expect(config).toMatch(/AGENTLINK_DROPBOX_REFRESH_TOKEN=\S*\*/);
      expect(config).not.toContain("a-refresh-token");
      await works("systemctl is-active agentlink.service agentlink.socket");
      expect(await works("systemd-analyze security agentlink --no-pager")).toMatch(
        /exposure level for agentlink\.service: 1\.\d/,
      );

      if (Bun.which("jq") !== null) {
        const log = await block("docs/monitoring.md", "journalctl -u agentlink -o cat | jq");
        await works(log);
        expect(await works("journalctl -u agentlink -o cat | jq -Rr 'fromjson? | .msg'")).toContain("is up at");
      }

      // A service that was started manually, with a key of its own.
      await works("./agentlink-linux-x64 keys create --name byhand --scope admin --data-dir data");
      await works(await block("docs/systemd.md", "sudo systemctl stop agentlink.socket agentlink.service"));
      expect(await works("agentlink-as-service keys list")).toContain("byhand");
      expect(await works(readiness)).toContain('"ready"');

      // README's second line over there, with an agentlink that is there already: an upgrade.
      const remote =
        /ssh root@SERVER '(.+)'/.exec(await block("README.md", "scp dist/agentlink root@SERVER:"))?.[1] ?? "";
      expect(await works(`mv agentlink-linux-x64 agentlink; ${remote}`)).toContain(
        "unchanged /etc/agentlink/agentlink.env",
      );
    } finally {
      await machine.end();
    }
  },
  300_000,
);
