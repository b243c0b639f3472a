import { expect } from "bun:test";
import { join, resolve } from "node:path";
import { APP, FakeDropbox } from "../fakes/dropbox.ts";
import { withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";
import { until } from "../until.ts";
import { post, startBinary, temporaryFolder } from "./binary.ts";
import { inlineJob } from "./jobs.ts";

withPrograms("redis-server")(
  "a Dropbox that is linked at one host is where every host delivers to, without a restart, until it is unlinked",
  async () => {
    const [dropbox, redis] = [await new FakeDropbox().start(), await startRedis()];
    const shared = temporaryFolder();
    const start = () =>
      startBinary({
        dataDir: join(temporaryFolder(), "data"),
        command: [process.execPath, resolve(import.meta.dir, "dropbox-service.ts"), dropbox.url],
        env: {
          AGENTLINK_REDIS_URL: redis.url,
          AGENTLINK_REPORTS: join(shared, "reports"),
          AGENTLINK_DELIVERY_FOLDER: join(shared, "delivered"),
        },
      });
    const hosts = await Promise.all([start(), start()]);
    try {
      const [one, other] = hosts;
      const notify = async (url: string, path: string, body: object) => {
        const response = await fetch(`${url}/api/dropbox/${path}`, {
          ...{ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) },
        });
        expect([path, response.status]).toEqual([path, 200]);
        return (await response.json()) as { url: string; state: string };
      };
      const targets = async (url: string) => {
        const { targets: found } = (await (await fetch(`${url}/api/deliveries`)).json()) as {
          targets: { target: string }[];
        };
        return found.map(({ target }) => target).join();
      };
      expect(await targets(other.url)).toBe("folder");
      // Begun at one host, ended at the other, as behind a balancer.
      const { url, state } = await notify(one.url, "link", { app_key: APP.key });
      const page = dropbox.consents.open(url);
      await notify(other.url, "link/finish", { state, code: "code" in page ? page.code : "" });
      for (const host of hosts) await until(async () => (await targets(host.url)) === "folder,dropbox");
      await post(one.url, inlineJob(1));
      await until(() => dropbox.files.paths().some((path) => path.endsWith(".pdf")));
      await notify(one.url, "unlink", {});
      for (const host of hosts) await until(async () => (await targets(host.url)) === "folder");
    } finally {
      for (const host of hosts) await host.end("SIGKILL");
      await redis.remove();
      await dropbox.stop();
    }
  },
  90_000,
);
