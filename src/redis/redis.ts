/*
 * The connection to Redis: addresses, TLS, clusters, its clock, its durability, its failures.
 * queue/redis, access and the doctor use it.
 * Not here: what is stored there.
 */

import { Cluster, Redis, type RedisOptions } from "ioredis";
import { type RedisAddress, unusable } from "./address.ts";
import { messages } from "./messages.ts";

export type RedisClient = Redis | Cluster;

/** `replyMapping` would change the types of all responses. */
type RedisClientOptions = Omit<RedisOptions, "replyMapping">;

/** A command without a response for so long is given up: its caller has to come back. */
const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const CONNECT_AT_MOST_MS = 15_000;
const RECONNECT_AT_MOST_MS = 2_000;

/**
 * A connection, opened by its first use or `connect`. While Redis is away every command is refused at once, and what
 * was in flight when the connection broke is refused too, and never sent again by itself: only the caller knows
 * whether it may happen twice. `blocking` is for a connection whose commands wait long by design.
 */
export function createClient(address: RedisAddress, { blocking = false } = {}): RedisClient {
  const { hosts, tls, username, password, db } = address;
  const options: RedisClientOptions = {
    db,
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    protocol: 2,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(blocking ? {} : { commandTimeout: COMMAND_TIMEOUT_MS }),
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 10), RECONNECT_AT_MOST_MS),
    // After a failover the old master is a replica: only a new connection finds the new one.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
    connectionName: "agentlink",
  };
  const client = open(address, hosts, options);
  // Each command reports its own failure; without a listener the process would end of it.
  client.on("error", () => {});
  return client;
}

/** Waits until it is there. @throws Failure "redis" that states why it cannot be reached. */
export async function connect(client: RedisClient, address: RedisAddress): Promise<void> {
  const reasons: Error[] = [];
  const note = (error: Error) => void reasons.push(error);
  client.on("error", note);
  let timer: Timer | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    const seconds = CONNECT_AT_MOST_MS / 1_000;
    timer = setTimeout(() => reject(new Error(messages.timeout(seconds))), CONNECT_AT_MOST_MS);
  });
  try {
    // A cluster whose nodes cannot be reached is retried for ever.
    await Promise.race([client.connect(), tooLong]);
  } catch (error) {
    const reason = reasons[0] ?? error;
    const text = reason instanceof Error ? reason.message : String(reason);
    throw unusable(address, messages.unreachable(text), reason);
  } finally {
    clearTimeout(timer);
    client.off("error", note);
  }
}

function open(address: RedisAddress, hosts: RedisAddress["hosts"], options: RedisClientOptions): RedisClient {
  switch (address.kind) {
    case "single":
      return new Redis({ ...options, ...hosts[0] });
    case "sentinel":
      return new Redis({
        ...options,
        sentinels: [...hosts],
        name: address.master ?? "",
        ...(address.sentinelPassword === null ? {} : { sentinelPassword: address.sentinelPassword }),
        ...(address.tls ? { enableTLSForSentinelMode: true } : {}),
      });
    case "cluster":
      return new Cluster([...hosts], {
        lazyConnect: true,
        enableOfflineQueue: false,
        clusterRetryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 10), RECONNECT_AT_MOST_MS),
        redisOptions: options,
      });
  }
}
