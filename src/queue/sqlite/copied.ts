// Whether the database is the one that was used before, or a copy, while the original may also be in use.

import type { Database } from "bun:sqlite";
import { type Difference, differenceOf, type FileIdentity } from "../../host/files/file-identity.ts";
import { messages } from "../messages.ts";
import type { Pause } from "../queue.ts";

/** The name before schema 28, too: a backup and an examination read older databases. No row: older than schema 19. */
const COLUMN = "SELECT name FROM pragma_table_info('data_folder') WHERE name IN ('file_identity', 'place')";
const WRITE = "INSERT OR REPLACE INTO data_folder (id, database_id, file_identity) VALUES (1, ?, ?)";

interface RecordedFolder {
  readonly id: string;
  /** Null in a backup: who restores one knows that it is one. */
  readonly identity: FileIdentity | null;
}

const REASONS: Readonly<Record<Difference, (before: FileIdentity) => string>> = {
  "original there": ({ path }) => messages.originalExists(path),
  "another machine": ({ host, path }) => messages.otherMachine(path, host),
  "another file": ({ host, path }) => messages.otherFile(path, host),
};

/** The public part comes before the colon. */
function sentence(how: string): string {
  return messages.mayBeCopy(how);
}

/** Why a database of this identity may be a copy, for an admin; null if it is the one that was worked on, or a new one. */
export function copySign(db: Database, identity: FileIdentity): string | null {
  const before = read(db);
  if (!before?.identity) return null;
  const difference = differenceOf(before.identity, identity);
  return difference && REASONS[difference](before.identity);
}

/** Turns a copy into a backup, which may be restored anywhere. Next to the running original it is still recognized. */
export function forgetLocation(db: Database): void {
  const column = identityColumn(db);
  if (column !== null) db.run(`UPDATE data_folder SET ${column} = '{}'`);
}

function identityColumn(db: Database): string | null {
  return db.query<{ name: string }, []>(COLUMN).get()?.name ?? null;
}

export interface CopyGuard {
  /** The same in all copies of one database. */
  readonly databaseId: string;
  /** Since when no job starts, and why; null if jobs start. */
  pause(): Pause | null;
  /** Another process was found to work on a copy of the database. */
  pauseFor(how: string): void;
  /**
   * Records that an operator chose this database to continue with: it no longer counts as a copy. Returns whether
   * it was paused; `adopted` lets it resume when that is on the disk.
   */
  adopt(): boolean;
  adopted(): void;
}

/** Checks the location of the database, and records it unless it may be a copy; the next start finds a copy, too. */
export function guardAgainstCopies(db: Database, identity: FileIdentity | null, now: () => Date): CopyGuard {
  const before = read(db);
  const sign = identity === null ? null : copySign(db, identity);
  /** Written by `adopt`. */
  let databaseId = before?.id ?? Bun.randomUUIDv7();
  /** Written by `pauseFor` and `adopted`. */
  let pause = sign === null ? null : pauseOf(sign);
  if (pause === null && identity !== null && JSON.stringify(identity) !== JSON.stringify(before?.identity))
    write(identity);

  function pauseOf(how: string): Pause {
    return { since: now().toISOString(), by: "agentlink", reason: sentence(how) };
  }

  function write(at: FileIdentity): void {
    db.query(WRITE).run(databaseId, JSON.stringify(at));
  }

  return {
    get databaseId() {
      return databaseId;
    },
    pause: () => pause,
    pauseFor(how) {
      pause ??= pauseOf(how);
    },
    adopt() {
      if (pause === null) return false;
      databaseId = Bun.randomUUIDv7();
      if (identity !== null) write(identity);
      return true;
    },
    adopted() {
      pause = null;
    },
  };
}

/** Null if an older program recorded nothing. */
function read(db: Database): RecordedFolder | null {
  const column = identityColumn(db);
  if (column === null) return null;
  const row = db
    .query<{ id: string; identity: string }, []>(`SELECT database_id AS id, ${column} AS identity FROM data_folder`)
    .get();
  const identity = row && renamed(JSON.parse(row.identity));
  const isIdentity =
    typeof identity?.path === "string" && typeof identity.inode === "string" && Array.isArray(identity.adapters);
  return row && { id: row.id, identity: isIdentity ? (identity as FileIdentity) : null };
}

/** An older program stored two fields under other names. */
function renamed(stored: (Partial<FileIdentity> & { readonly boot?: string | null; readonly born?: string }) | null) {
  if (stored === null) return null;
  const { boot, born, ...identity } = stored;
  return {
    ...identity,
    ...(identity.bootId === undefined && { bootId: boot ?? null }),
    ...(identity.createdNs === undefined && { createdNs: born ?? "" }),
  } satisfies Partial<FileIdentity>;
}
