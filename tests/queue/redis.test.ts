import { afterAll, beforeAll, setDefaultTimeout } from "bun:test";
import { groupWithPrograms } from "../programs.ts";
import { describeQueue } from "./contract.ts";
import { type RedisServer, startRedis } from "./redis-server.ts";
import { redisStorage } from "./redis-storage.ts";

// A test that runs out of its time takes the server with it, and all others fail.
setDefaultTimeout(60_000);

groupWithPrograms("redis-server")("with a redis-server (Debian: redis-server)", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  describeQueue("Redis", () => redisStorage(server)());
});
