import { afterAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { checkDeliveries } from "../../src/cli/doctor/reach.ts";
import { dropboxCheck } from "../../src/cli/dropbox.ts";
import { keysBelow } from "../../src/queue/redis/keys.ts";
import { parseRedisAddress } from "../../src/redis/address.ts";
import { connect, createClient } from "../../src/redis/redis.ts";
import { readConfig } from "../../src/settings/settings.ts";
import { openLocalRecords } from "../../src/storage/records/local.ts";
import { openSharedRecords } from "../../src/storage/records/shared.ts";
import { temporaryFolder } from "../e2e/binary.ts";
import { APP, FakeDropbox } from "../fakes/dropbox.ts";
import { withPrograms } from "../programs.ts";
import { type RedisServer, startRedis } from "../queue/redis-server.ts";

let redis: RedisServer | null = null;
afterAll(async () => void (await redis?.remove()));

/** As the browser's linking stores it: an app without a secret, for PKCE. */
const link = (refreshToken: string) =>
  JSON.stringify({ appKey: APP.key, account: null, by: "anna", at: new Date().toISOString(), refreshToken });

describe.each(["SQLite", "Redis"])("%s", (backend) => {
  (backend === "Redis" ? withPrograms("redis-server") : test)(
    "the doctor and `dropbox check` test the account that was linked in the browser, and say when it is revoked",
    async () => {
      const dropbox = await new FakeDropbox().start();
      const dataDir = temporaryFolder();
      if (backend === "Redis") redis ??= await startRedis();
      const environment = {
        AGENTLINK_DATA_DIR: dataDir,
        AGENTLINK_DELIVERY_FOLDER: join(dataDir, "delivered"),
        ...(redis === null || backend === "SQLite"
          ? {}
          : { AGENTLINK_REDIS_URL: redis.url, AGENTLINK_REPORTS: join(dataDir, "reports") }),
      };
      const config = readConfig(environment, {});
      const put = async (value: string) => {
        if (config.redisUrl === null) {
          const records = openLocalRecords({ path: join(dataDir, "office.db") });
          await records.put("dropbox", "link", value);
          return records.close();
        }
        const address = parseRedisAddress(config.redisUrl);
        const client = createClient(address);
        await connect(client, address);
        const { base } = keysBelow(config.redisPrefix);
        await openSharedRecords({ client, base }).put("dropbox", "link", value);
        client.disconnect();
      };
      const found = async () =>
        (await checkDeliveries(config, dropbox.fetch)).filter(({ what }) => what.includes("dropbox"));
      try {
        // None is linked, and the settings do not request it.
        expect(await found()).toEqual([]);
        await put(link(APP.refreshToken));
        expect(await found()).toMatchObject([
          { state: "ok", found: expect.stringContaining("linked on the dashboard's Delivery page") },
        ]);
        const printed: string[] = [];
        await dropboxCheck(config, { print: (line) => void printed.push(line), fetch: dropbox.fetch });
        expect(printed.join("\n")).toContain("Read it back.");
        expect(dropbox.files.paths()).toEqual([]);

        dropbox.refreshTokens.clear();
        expect(await found()).toMatchObject([{ state: "fail", found: expect.stringContaining("link Dropbox again") }]);
        // Requested by the settings, with no account anywhere, it is no account that is well.
        await put("null");
        const requested = await checkDeliveries({ ...config, delivery: ["dropbox"] }, dropbox.fetch);
        expect(requested).toMatchObject([
          { state: "fail", found: expect.stringContaining("no Dropbox account is linked") },
        ]);
      } finally {
        await dropbox.stop();
      }
    },
  );
});
