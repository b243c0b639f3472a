import { afterAll, beforeAll, describe } from "bun:test";
import { describeQueue } from "./contract.ts";
import { redisPlace } from "./redis-place.ts";
import { HAS_REDIS, type RedisServer, startRedis } from "./redis-server.ts";

describe.if(HAS_REDIS)("with a redis-server (Debian: redis-server)", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.remove());

  describeQueue("Redis", () => redisPlace(server)());
});
