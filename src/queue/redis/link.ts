import type { RedisAddress } from "./address.ts";
import { createClient, type RedisClient } from "./connection.ts";

/** The connections of one queue. */
export interface Link {
  /** For scripts and reads. */
  readonly client: RedisClient;
  /** For posts where their answers wait for the disk: nothing else stands behind that wait. */
  readonly posts: RedisClient;
  /** For reads that wait for something to come. */
  readonly waiting: RedisClient;
  /** How long Redis has answered without a break, in milliseconds; 0 while it does not. */
  connectedForMs(): number;
  /** Ends them at once. */
  close(): void;
}

/** Opens the connections; rejects when Redis cannot be reached just now. */
export async function openLink(address: RedisAddress): Promise<Link> {
  const client = createClient(address);
  const posts = createClient(address);
  const waiting = createClient(address, { blocking: true });
  const all = [client, posts, waiting];
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
    await Promise.all(all.map((each) => each.connect()));
  } catch (error) {
    close();
    throw error;
  }
  return {
    client,
    posts,
    waiting,
    connectedForMs: () => (readySince === null ? 0 : performance.now() - readySince),
    close,
  };
}
