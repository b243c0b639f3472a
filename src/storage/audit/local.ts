import type { Database, SQLQueryBindings } from "bun:sqlite";
import { Failure } from "../../failure.ts";
import { sqliteReason } from "../../host/files/sqlite-failure.ts";
import { messages } from "../messages.ts";
import { openOffice } from "../office.ts";
import {
  type AuditEntry,
  type AuditFilter,
  type AuditLog,
  type AuditTier,
  badCursor,
  entryOf,
  MOST_OF_TIER,
  tierOf,
} from "./audit.ts";

/**
 * `number` counts within a tier, so that which entries may go is known without counting them. The triggers bind every
 * process that opens the file, a shell too: an entry is not changed, and goes only when there are enough later ones.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS audit (
    id TEXT PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    key_id TEXT,
    action TEXT NOT NULL,
    subject TEXT,
    detail TEXT,
    tier TEXT NOT NULL CHECK (tier IN ('service', 'jobs')),
    number INTEGER NOT NULL,
    UNIQUE (tier, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'entries of the audit list are not changed'); END;
  CREATE TRIGGER IF NOT EXISTS audit_is_not_removed BEFORE DELETE ON audit
  WHEN OLD.number > (SELECT max(number) FROM audit WHERE tier = OLD.tier) - ${MOST_OF_TIER}
  BEGIN SELECT RAISE(ABORT, 'entries of the audit list are not removed before there are ${MOST_OF_TIER} later ones'); END;`;
const INSERT = `
  INSERT OR IGNORE INTO audit (id, at, actor, key_id, action, subject, detail, tier, number)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, (SELECT coalesce(max(number), 0) + 1 FROM audit WHERE tier = ?8))`;
const TRIM = `
  DELETE FROM audit WHERE tier = ?1 AND number <= (SELECT max(number) FROM audit WHERE tier = ?1) - ${MOST_OF_TIER}`;

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface AuditRow {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly key_id: string | null;
  readonly action: string;
  readonly subject: string | null;
  readonly detail: string | null;
}

interface PendingEntry {
  readonly entry: AuditEntry;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** In a file of the data folder that is made with the first entry. What comes in one turn shares a commit. */
export function openLocalAudit({ path }: { readonly path: string }): AuditLog {
  /** Written by `database` and `close`. */
  let opened: Database | null = null;
  /** Written by `commit` and `record`. */
  let waiting: PendingEntry[] = [];

  function database(): Database {
    opened ??= openOffice(path, SCHEMA);
    return opened;
  }

  function store(entries: readonly AuditEntry[]): void {
    const db = database();
    db.transaction(() => {
      const tiers = new Set<AuditTier>();
      for (const { id, at, actor, keyId, action, subject, detail } of entries) {
        const tier = tierOf(action);
        tiers.add(tier);
        db.query(INSERT).run(id, at, actor, keyId, action, subject, detail, tier);
      }
      for (const tier of tiers) db.query(TRIM).run(tier);
    }).immediate();
  }

  function commit(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    try {
      store(batch.map(({ entry }) => entry));
      for (const { resolve } of batch) resolve();
    } catch (cause) {
      for (const { reject } of batch) reject(unavailable(cause));
    }
  }

  return {
    record(act) {
      return new Promise((resolve, reject) => {
        if (waiting.push({ entry: entryOf(act), resolve, reject }) === 1) setImmediate(commit);
      });
    },
    async adopt(entries) {
      try {
        store(entries);
      } catch (cause) {
        throw unavailable(cause);
      }
    },
    async page(filter) {
      if (filter.cursor !== null && !ID.test(filter.cursor)) throw badCursor();
      try {
        const { where, values } = conditionOf(filter);
        const rows = database()
          .query<AuditRow, SQLQueryBindings[]>(`SELECT * FROM audit ${where} ORDER BY id DESC LIMIT ?`)
          .all(...values, filter.limit + 1);
        const entries = rows
          .slice(0, filter.limit)
          .map(({ key_id: keyId, id, at, actor, action, subject, detail }) => ({
            id,
            at,
            actor,
            keyId,
            action,
            subject,
            detail,
          }));
        return { entries, nextCursor: rows.length > filter.limit ? (entries.at(-1)?.id ?? null) : null };
      } catch (cause) {
        throw unavailable(cause);
      }
    },
    close() {
      commit();
      opened?.close();
      opened = null;
    },
  };
}

function conditionOf({ actor, actions, since, until, cursor }: AuditFilter) {
  const parts: (readonly [string, readonly string[]])[] = [
    ...(cursor === null ? [] : [["id < ?", [cursor]] as const]),
    ...(actor === null ? [] : [["instr(lower(actor), lower(?)) > 0", [actor]] as const]),
    ...(actions.length === 0 ? [] : [[`action IN (${actions.map(() => "?").join(", ")})`, actions] as const]),
    ...(since === null ? [] : [["at >= ?", [since]] as const]),
    ...(until === null ? [] : [["at < ?", [until]] as const]),
  ];
  return {
    where: parts.length === 0 ? "" : `WHERE ${parts.map(([text]) => text).join(" AND ")}`,
    values: parts.flatMap(([, each]) => each),
  };
}

function unavailable(cause: unknown): Failure {
  const words = messages.auditUnreadable(sqliteReason(cause, "its file, office.db,"));
  return new Failure("audit_unavailable", words, { transient: true, cause });
}
