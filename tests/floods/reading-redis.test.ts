import { afterAll, beforeAll } from "bun:test";
import { onLinux, withPrograms } from "../programs.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "../queue/redis-server.ts";
import { describeFloods } from "./reading.ts";

let redis: RedisServer;
beforeAll(async () => {
  if (HAS_REDIS) redis = await startRedis({ appendfsync: "no" });
});
afterAll(() => redis?.remove());

const test = HAS_REDIS ? onLinux : withPrograms("redis-server");
describeFloods(test, { backend: () => redis.url, jobs: 4_000 });
