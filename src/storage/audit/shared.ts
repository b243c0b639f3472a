import { asFailure, Failure } from "../../failure.ts";
import type { RedisClient } from "../../redis/redis.ts";
import { compareText } from "../../text/text.ts";
import { messages } from "../messages.ts";
import {
  type AuditEntry,
  type AuditFilter,
  type AuditLog,
  badCursor,
  entryOf,
  MOST_OF_TIER,
  TIERS,
  tierOf,
} from "./audit.ts";

/** Entries that are read from a stream at once. */
const A_READ = 500;

interface ReadEntry {
  readonly stream: number;
  readonly position: string;
  readonly entry: AuditEntry;
}

/** Those of all hosts: a stream for each tier, which Redis trims to its length. */
export function openSharedAudit({ client, base }: { readonly client: RedisClient; readonly base: string }): AuditLog {
  const streams = TIERS.map((tier) => `${base}:audit:${tier}`);

  async function attempting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof Failure) throw cause;
      const words = messages.auditUnavailable(asFailure(cause).message);
      throw new Failure("audit_unavailable", words, { transient: true, cause });
    }
  }

  const add = (entry: AuditEntry) =>
    client.xadd(
      `${base}:audit:${tierOf(entry.action)}`,
      ...(["MAXLEN", "~", MOST_OF_TIER, "*", "entry", JSON.stringify(entry)] as const),
    );

  return {
    record: (act) => attempting(async () => void (await add(entryOf(act)))),
    adopt: (entries) =>
      attempting(async () => {
        const there = new Set<string>();
        for (const [stream, name] of streams.entries())
          for await (const { entry } of walk(client, name, stream, "+")) there.add(entry.id);
        for (const entry of entries) if (!there.has(entry.id)) await add(entry);
      }),
    page: (filter) =>
      attempting(async () => {
        const before = positionsOf(filter.cursor, streams.length);
        const found: ReadEntry[] = [];
        const walks = streams.map((name, stream) => walk(client, name, stream, before[stream] ?? "+"));
        const heads = await Promise.all(walks.map((each) => each.next()));
        while (found.length <= filter.limit) {
          const live = heads.flatMap(({ value, done }) => (done || value === undefined ? [] : [value]));
          const [first] = live.toSorted((a, b) => compareText(b.entry.id, a.entry.id));
          // What is older than the time that was requested is not read to its end.
          if (first === undefined || (filter.since !== null && first.entry.at < filter.since)) break;
          if (fits(first.entry, filter)) found.push(first);
          const walked = walks[first.stream];
          if (walked !== undefined) heads[first.stream] = await walked.next();
        }
        const shown = found.slice(0, filter.limit);
        const positions = [...before];
        for (const { stream, position } of shown) positions[stream] = `(${position}`;
        return {
          entries: shown.map(({ entry }) => entry),
          nextCursor:
            found.length > filter.limit ? positions.map((position) => position.replace("(", "")).join(".") : null,
        };
      }),
    close() {},
  };
}

/** A stream's entries from a position on, the latest first. */
async function* walk(client: RedisClient, name: string, stream: number, from: string): AsyncGenerator<ReadEntry> {
  let before = from;
  for (;;) {
    const read = await client.xrevrange(name, before, "-", "COUNT", A_READ);
    for (const [position, fields] of read) {
      before = `(${position}`;
      yield { stream, position, entry: JSON.parse(fields[1] ?? "") as AuditEntry };
    }
    if (read.length < A_READ) return;
  }
}

function fits(entry: AuditEntry, { actor, actions, since, until }: AuditFilter): boolean {
  return (
    (actor === null || entry.actor.toLowerCase().includes(actor.toLowerCase())) &&
    (actions.length === 0 || actions.includes(entry.action)) &&
    (since === null || entry.at >= since) &&
    (until === null || entry.at < until)
  );
}

/** Where each stream continues: "1764201600000-0.+". */
function positionsOf(cursor: string | null, count: number): string[] {
  if (cursor === null) return Array.from({ length: count }, () => "+");
  const positions = cursor.split(".");
  if (positions.length !== count || positions.some((position) => !/^(\+|\d{1,15}-\d{1,15})$/.test(position)))
    throw badCursor();
  return positions.map((position) => (position === "+" ? position : `(${position}`));
}
