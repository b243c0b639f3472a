/**
 * One table a kind, alike: the key, the locality it belongs to, the day that matters, and the row as the data set has it.
 * `locality` is "NSW manly 2095", the same for all spellings and postcodes of a suburb. `agency_ids` and `agent_ids`
 * repeat values of `data`, so that a report's people are found without reading every row's JSON.
 */
export const COLUMNS = [
  "id",
  "locality",
  "suburb",
  "state",
  "postcode",
  "date",
  "agency_ids",
  "agent_ids",
  "source",
  "data",
];

export function tableDefinition(name: string): string {
  return `CREATE TABLE ${name} (
    id TEXT NOT NULL, locality TEXT, suburb TEXT, state TEXT, postcode TEXT, date TEXT,
    agency_ids TEXT, agent_ids TEXT, source TEXT, data TEXT NOT NULL CHECK (json_valid(data))`;
}

/** Made where it is missing: an older program that opens the file leaves it alone. */
export const IMPORTS_TABLE = `
  CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL, rows TEXT NOT NULL CHECK (json_valid(rows))
  ) STRICT`;

/** Rows as they were before an import replaced or removed them. `earlier_import_id`: the one they had come with. */
export const REPLACED_ROWS_TABLE = `
  CREATE TABLE replaced_rows (
    import_id INTEGER NOT NULL, kind TEXT NOT NULL, ${COLUMNS.map((column) => `${column} TEXT`).join(", ")},
    earlier_import_id INTEGER, PRIMARY KEY (import_id, kind, id)
  ) STRICT, WITHOUT ROWID`;

/** Columns that a catalogue of an older program does not have. */
export const LATER_COLUMNS = [
  ["files", "TEXT"],
  ["changes", "TEXT"],
  ["undone_at", "TEXT"],
] as const;

/** Kinds whose newest day decides where a report ends. */
export const DATED_KINDS = ["sales", "rentals"] as const;

/**
 * How far a table goes that has rows of a locality without a source: to its newest row, of whatever locality. Of two such
 * tables, the one that goes further. Each file is a table of its own: what another lacks, it does not show.
 */
export const TABLE_ENDS = "table_ends";
export const TABLE_ENDS_TABLE = `
  CREATE TABLE ${TABLE_ENDS} (
    kind TEXT NOT NULL, locality TEXT NOT NULL, day TEXT NOT NULL, import_id INTEGER NOT NULL,
    PRIMARY KEY (kind, locality)
  ) STRICT, WITHOUT ROWID`;

export const MAPS_TABLE = `
  CREATE TABLE maps (
    name TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL CHECK (json_valid(document)), saved_at TEXT NOT NULL
  ) STRICT`;

/**
 * What the feeds of offices have reported of their listings, as src/import stores it: alike, so that an import of one
 * is undone alike.
 */
export const FEED = "feed_listings";

/** The name of an office whose code a feed has in place of one. */
export const OFFICES_TABLE = `
  CREATE TABLE offices (code TEXT NOT NULL PRIMARY KEY, agency TEXT NOT NULL) STRICT`;

/** Of the rows of `sales` those that were sold: an auction that failed has one, too. */
export const IS_SOLD = "coalesce(json_extract(sales.data, '$.outcome'), 'sold') = 'sold'";
