import { Failure } from "../../failure.ts";
import { type RedisAddress, unusable } from "../../redis/address.ts";
import { connect, createClient, type RedisClient } from "../../redis/redis.ts";
import { checkServer, type ServerCheck } from "../../redis/server.ts";

/** The connections of one queue. */
export interface Link extends ServerCheck {
  /** For scripts and reads. */
  readonly client: RedisClient;
  /** For requests whose responses wait for the disk: nothing else waits behind them. */
  readonly posts: RedisClient;
  /** For reads that wait for something to come. */
  readonly waiting: RedisClient;
  /** How long Redis has responded without a break, in milliseconds; 0 while it does not. */
  connectedForMs(): number;
  /** Ends them at once. */
  close(): void;
}

/**
 * Opens the connections, and checks whether this Redis can store jobs.
 * @throws Failure "redis" when it cannot, or cannot be reached.
 */
export async function openLink(address: RedisAddress, durable: boolean): Promise<Link> {
  const client = createClient(address);
  const posts = createClient(address);
  const waiting = createClient(address, { blocking: true });
  const all = [client, posts, waiting];
  /** Written by what `openLink` returns. */
  let readySince: number | null = null;
  client.on("ready", () => {
    readySince = performance.now();
  });
  client.on("close", () => {
    readySince = null;
  });
  const close = () => {
    for (const each of all) each.disconnect();
  };
  try {
    await Promise.all(all.map((each) => connect(each, address)));
    return open(await checkServer(client, address, { durable }));
  } catch (error) {
    close();
    throw error instanceof Failure ? error : unusable(address, `cannot be used: ${String(error)}`, error);
  }

  function open(check: ServerCheck): Link {
    return {
      ...check,
      client,
      posts,
      waiting,
      connectedForMs: () => (readySince === null ? 0 : performance.now() - readySince),
      close,
    };
  }
}
