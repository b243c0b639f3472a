import { afterAll, beforeAll, describe, setDefaultTimeout } from "bun:test";
import { describeQueue } from "./contract.ts";
import { redisPlace } from "./redis-place.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "./redis-server.ts";

// A test that runs out of its time takes the server with it, and all others fail.
setDefaultTimeout(60_000);

describe.if(HAS_REDIS)("with a redis-server (Debian: redis-server)", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  describeQueue("Redis", () => redisPlace(server)());
});
