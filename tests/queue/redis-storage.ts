import type { Queue } from "../../src/queue/queue.ts";
import { openRedisQueue } from "../../src/queue/redis/queue.ts";
import type { QueueStorage } from "./contract.ts";
import type { RedisServer } from "./redis-server.ts";

/** A prefix of its own on a running Redis, for one test. */
export function redisStorage(server: RedisServer): () => Promise<QueueStorage> {
  return async () => {
    const prefix = `test-${Bun.randomUUIDv7()}`;
    return {
      open: (options) => openRedisQueue({ url: server.url, prefix, holder: "host", ...options }),
      async kill(queue: Queue) {
        // As a SIGKILL: its connections end at once, and it can put nothing back.
        await server.cli("client", "kill", "type", "normal");
        await queue.close();
      },
      async clients() {
        const lanes = ["gathering", "rendering", "delivering", "isolated"];
        const names = ["open", ...lanes.flatMap((lane) => [`served:${lane}`, `arrivals:${lane}`])];
        const found = await Promise.all(names.map((name) => server.cli("hkeys", `{${prefix}}:${name}`)));
        return [...new Set(found.flatMap((text) => text.split("\n").filter(Boolean)))].toSorted();
      },
      remove: async () => {},
    };
  };
}
