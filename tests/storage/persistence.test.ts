import { expect } from "bun:test";
import { Redis } from "ioredis";
import { readPersistence } from "../../src/redis/server.ts";
import { withPrograms } from "../programs.ts";
import { startRedis } from "../queue/redis-server.ts";

withPrograms("redis-server")(
  "Redis says when it last wrote a snapshot, and whether each change is in a file",
  async () => {
    const server = await startRedis();
    const client = new Redis(server.url);
    try {
      const before = await readPersistence(client);
      await client.config("SET", "appendonly", before?.appendOnly ? "no" : "yes");
      await client.save();
      const after = await readPersistence(client);
      expect(after?.appendOnly).toBe(!before?.appendOnly);
      expect(Date.parse(after?.savedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(before?.savedAt ?? ""));
      // A service that allows no INFO is no reason to fail.
      const silent = { info: () => Promise.reject(new Error("NOPERM")) };
      expect(await readPersistence(silent as unknown as Redis)).toBeNull();
    } finally {
      client.disconnect();
      await server.remove();
    }
  },
);
