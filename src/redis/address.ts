import { Failure } from "../failure.ts";
import { messages } from "./messages.ts";

interface Host {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is, as `AGENTLINK_REDIS_URL` has it. */
export interface RedisAddress {
  readonly kind: "single" | "sentinel" | "cluster";
  readonly hosts: readonly Host[];
  readonly tls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** Always 0 in a cluster. */
  readonly db: number;
  /** The name the sentinels know it by. */
  readonly master: string | null;
  readonly sentinelPassword: string | null;
}

const FORM = /^redis(s?)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const PORT = { single: 6_379, sentinel: 26_379, cluster: 6_379 } as const;

/**
 * Reads redis://, rediss:// (TLS), redis+sentinel://…/master[/db] or redis+cluster://…, each with user:password@, the
 * last two with several hosts between commas.
 * @throws Error that states what it must be, and never what it was: there is a password in it.
 */
export function parseRedisAddress(text: string): RedisAddress {
  const match = FORM.exec(text);
  if (match === null) throw new Error(messages.addressShape);
  const [, tls, kindText = "single", login, hostList = "", path = "", query = ""] = match;
  const kind = kindText as RedisAddress["kind"];
  const hosts = hostList.split(",").map((host) => parseHost(host, PORT[kind]));
  if (kind === "single" && hosts.length > 1) throw new Error(messages.oneHost);
  const parts = path.split("/").filter((part) => part !== "");
  const master = kind === "sentinel" ? (parts.shift() ?? null) : null;
  if (kind === "sentinel" && master === null) throw new Error(messages.master);
  const db = Number(parts[0] ?? "0");
  if (!Number.isInteger(db) || db < 0 || parts.length > 1) throw new Error(messages.databaseNumber);
  if (kind === "cluster" && db !== 0) throw new Error(messages.clusterDatabase);
  const [username, password] = parseLogin(login);
  return {
    kind,
    hosts,
    tls: tls === "s",
    username,
    password,
    db,
    master,
    sentinelPassword: new URLSearchParams(query).get("sentinel_password"),
  };
}

/** For people: where, and nothing secret. */
export function describeAddress({ kind, hosts, master, db }: RedisAddress): string {
  const where = hosts.map(({ host, port }) => `${host}:${port}`).join(",");
  if (kind === "cluster") return messages.cluster(where);
  return kind === "sentinel" ? messages.sentinels(master, where) : `Redis at ${where}/${db}`;
}

function parseHost(text: string, defaultPort: number): Host {
  const match = /^(\[[\da-f:.]+\]|[^:]+)(?::(\d{1,5}))?$/i.exec(text);
  const [, host = "", port = String(defaultPort)] = match ?? [];
  if (host === "" || Number(port) > 65_535) throw new Error(messages.hosts);
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port) };
}

/** `user:password`, `:password`, or a password alone, as older tools write it. */
function parseLogin(login: string | undefined): readonly [string | null, string | null] {
  if (login === undefined || login === "") return [null, null];
  const colon = login.indexOf(":");
  const decode = (part: string) => (part === "" ? null : decodeURIComponent(part));
  if (colon === -1) return [null, decode(login)];
  return [decode(login.slice(0, colon)), decode(login.slice(colon + 1))];
}

/** The failure of a Redis that could not be used at the start. */
export function unusable(address: RedisAddress, reason: string, cause?: unknown): Failure {
  return new Failure("redis", `${describeAddress(address)} ${reason}`, { cause });
}
