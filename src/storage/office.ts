import { Database } from "bun:sqlite";

/** The file of the records beside the jobs, office.db, with the tables of `schema`. @throws as SQLite does; nothing stays open then. */
export function openOffice(path: string, schema: string): Database {
  const db = new Database(path, { create: true, readwrite: true, strict: true });
  try {
    db.run("PRAGMA busy_timeout = 5000");
    db.run("PRAGMA journal_mode = WAL");
    db.run("PRAGMA synchronous = FULL");
    db.run(schema);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
