/*
 * What people and the service note beside the jobs: views, territories, dismissed failures, sent messages.
 * Small texts by kind and name, in a file of this host, or in Redis for all hosts.
 * Not here: what a record contains.
 */

/**
 * What people and the service record beside the jobs: causes of failure that were dismissed, saved views, messages
 * that were sent. Small texts by kind and name, in a file of their own or, for all hosts, in Redis.
 */
export interface Records {
  get(kind: RecordKind, name: string): Promise<string | null>;
  /** The last so many by their names, in the reverse order of these. */
  last(kind: RecordKind, limit: number): Promise<readonly StoredRecord[]>;
  /** In place of what had the name. */
  put(kind: RecordKind, name: string, value: string): Promise<void>;
  /** Stores it if nothing has the name yet; of several hosts only one gets true. */
  putIfAbsent(kind: RecordKind, name: string, value: string): Promise<boolean>;
  /** Whether it was there. */
  remove(kind: RecordKind, name: string): Promise<boolean>;
  /** Of those whose names begin with `within`, or of all, removes all but the last so many by their names. */
  trim(kind: RecordKind, most: number, within?: string): Promise<void>;
  close(): void;
}

/** All of them: what is moved to another storage is moved by this list. */
export const RECORD_KINDS = ["dismissed", "view", "territory", "problem", "dropbox", "setup"] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

export interface StoredRecord {
  readonly name: string;
  readonly value: string;
}
