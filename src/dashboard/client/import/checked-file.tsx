import type { Refusal } from "../api.ts";
import { changeWords, kindTitle } from "../catalogue/words.ts";
import { overview } from "../live.ts";
import type { ImportedFile, ImportedTable, Maps } from "../responses.ts";
import { SuburbBox } from "../submit/suburb-box.tsx";
import { many } from "../words.ts";
import type { Choices, FileCheck } from "./check.ts";
import { Columns } from "./columns.tsx";
import type { Mapping } from "./mapping.ts";
import { messages } from "./messages.tsx";
import { FirstRows, RowList, Rules, Summary } from "./understood.tsx";

/** What rows can contain, the usual first. */
const KINDS = [
  "sales",
  "listings",
  "agents",
  "agencies",
  "rentals",
  "market",
  "partners",
  "commission_rates",
  "area_kinds",
  "sources",
] as const;

interface CheckedFileProps {
  readonly file: File;
  readonly check: FileCheck;
  readonly choices: Choices;
  readonly maps: Maps;
  readonly importing: boolean;
  readonly skipBad: boolean;
  readonly onChoices: (choices: Choices) => void;
  readonly onSkipBad: (skip: boolean) => void;
  readonly onMapSaved: () => void;
  readonly onImport: () => void;
}

/** A file that was examined and is not imported yet. */
export function CheckedFile(props: CheckedFileProps) {
  const { check, choices, onChoices } = props;
  const shown = check.phase === "understood" ? check.file : check.phase === "checking" ? check.before : null;
  const refusal = check.phase === "refused" ? check.refusal : null;
  return (
    <>
      <p class={check.phase === "checking" ? "hint" : "visually-hidden"} role="status">
        {check.phase === "checking" ? "Checking the file…" : messages.fileChecked}
      </p>
      {refusal !== null && (
        <section class="callout bad" aria-labelledby="refused">
          <h2 id="refused">{refusalTitle(refusal)}</h2>
          <p role="alert" class="long">
            {refusalWords(refusal)}
          </p>
        </section>
      )}
      {shown !== null && <Verdict {...props} shown={shown} />}
      <FileChoices {...props} table={shown?.table ?? null} refusal={refusal} />
      {shown?.table != null && shown.table.columns.length > 0 && (
        <TableColumns {...props} columns={shown.table.columns} fields={shown.table.fields} />
      )}
      {refusal !== null && refusedColumns(refusal, choices.mapping) !== null && (
        <TableColumns
          {...props}
          columns={refusedColumns(refusal, choices.mapping) ?? []}
          fields={texts(refusal.details.fields)}
          onChoices={onChoices}
        />
      )}
      {shown?.table != null && (
        <>
          <FirstRows first={shown.table.first} />
          <RowList id="bad" title="Cannot be read" count={shown.table.bad} rows={shown.table.bad_rows} />
          <RowList
            id="left-out"
            title={messages.unused}
            count={shown.table.left_out}
            rows={shown.table.left_out_rows}
          />
          <Rules rules={shown.table.rules} />
        </>
      )}
      {shown?.feed != null && <TextList title={messages.unreadable} texts={shown.feed.bad} />}
      {shown?.feed != null && <TextList title={messages.pending} texts={shown.feed.pending} />}
      {shown !== null && <TextList title="Warnings" texts={[...shown.warnings, ...(shown.feed?.warnings ?? [])]} />}
    </>
  );
}

/** What the catalogue would gain, and the button that imports. */
function Verdict({
  shown,
  check,
  importing,
  skipBad,
  onSkipBad,
  onImport,
}: CheckedFileProps & { readonly shown: ImportedFile }) {
  const bad = shown.table?.bad ?? 0;
  // What is removed then is the sample, all of it: that is one sentence, not a count of each kind.
  const isSample = overview.value?.catalogue.state === "sample";
  const gain = changeWords(shown.changes, isSample ? ["new", "changed"] : undefined);
  const ready = check.phase === "understood" && gain !== null && (bad === 0 || skipBad);
  return (
    <section class="callout" aria-labelledby="gain">
      <h2 id="gain">{gain === null ? "Nothing would change" : messages.wouldChange}</h2>
      {gain !== null && <p class="gain">{gain}</p>}
      {gain !== null && isSample && <p>{messages.removesSample}</p>}
      <Summary file={shown} />
      {gain === null && <p>{messages.nothingNew}</p>}
      {bad > 0 && gain !== null && (
        <label class="check">
          <input type="checkbox" checked={skipBad} onChange={({ currentTarget }) => onSkipBad(currentTarget.checked)} />
          {messages.leaveOutUnreadable(many(bad, "row"))}
        </label>
      )}
      <div class="actions">
        <button type="button" class="button primary" disabled={!ready || importing} onClick={onImport}>
          {importing ? "Importing…" : "Import"}
        </button>
      </div>
    </section>
  );
}

interface FileChoicesProps extends CheckedFileProps {
  readonly table: ImportedTable | null;
  readonly refusal: Refusal | null;
}

/** What a file may not contain itself: the kind of its rows, their sheet, and the suburb of rows that name none. */
function FileChoices({ choices, onChoices, table, refusal }: FileChoicesProps) {
  const isTable =
    table !== null || refusal?.code === "unknown_kind" || refusal?.code === "bad_header" || choices.kind !== "";
  if (!isTable) return null;
  const lacksLocality = table?.bad_rows.some(({ reason }) => /suburb and state/.test(reason)) ?? false;
  const needsLocality =
    lacksLocality || choices.locality.suburb !== "" || texts(refusal?.details.missing).includes("suburb");
  const sheets = table?.sheet == null ? [] : [table.sheet, ...table.other_sheets];
  return (
    <div class="questions">
      <label class="labelled">
        {messages.kindOfRows}
        <select
          value={choices.kind === "" ? (table?.kind ?? "") : choices.kind}
          onChange={({ currentTarget }) => onChoices({ ...choices, kind: currentTarget.value })}
        >
          {table === null && choices.kind === "" && <option value="">Choose…</option>}
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {kindTitle(kind)}
            </option>
          ))}
        </select>
      </label>
      {sheets.length > 1 && (
        <label class="labelled">
          Sheet
          <select
            value={table?.sheet ?? ""}
            onChange={({ currentTarget }) => onChoices({ ...choices, sheet: currentTarget.value })}
          >
            {sheets.map((sheet) => (
              <option key={sheet} value={sheet}>
                {sheet}
              </option>
            ))}
          </select>
        </label>
      )}
      {needsLocality && (
        <div class="locality-fields">
          <p class="hint">{messages.defaultSuburb}</p>
          <SuburbBox
            error={undefined}
            onChange={(_text, chosen) => {
              if (chosen === null) return;
              const { suburb, state, postcode } = chosen;
              onChoices({ ...choices, locality: { suburb, state, postcode } });
            }}
          />
        </div>
      )}
    </div>
  );
}

interface TableColumnsProps extends CheckedFileProps {
  readonly columns: ImportedTable["columns"];
  readonly fields: readonly string[];
}

function TableColumns({ columns, fields, choices, onChoices, maps, file, onMapSaved }: TableColumnsProps) {
  return (
    <Columns
      columns={columns}
      fields={fields}
      mapping={choices.mapping}
      maps={maps}
      fileName={file.name}
      onChange={(mapping: Mapping) => onChoices({ ...choices, mapping })}
      onSaved={onMapSaved}
    />
  );
}

function TextList({ title, texts: list }: { readonly title: string; readonly texts: readonly string[] }) {
  if (list.length === 0) return null;
  return (
    <section class="panel">
      <h2>{title}</h2>
      <ul class="dots">
        {list.map((text) => (
          <li key={text} class="long">
            {text}
          </li>
        ))}
      </ul>
    </section>
  );
}

const TITLES: Readonly<Record<string, string>> = {
  unknown_kind: messages.unknownKind,
  bad_header: messages.badHeader,
  bad_rows: messages.badRows,
};

function refusalTitle({ code, status }: Refusal): string {
  return TITLES[code] ?? (status === 0 ? messages.notSent : messages.notImportable);
}

/** What is missing is chosen below: the names of all columns that could be are in the choices. */
function refusalWords({ code, message, details }: Refusal): string {
  const missing = texts(details.missing);
  if (code === "bad_header" && missing.length > 0)
    return messages.missingColumns(missing.map((name) => name.replaceAll("_", " ")).join(", "));
  return code === "unknown_kind" ? messages.chooseKind : message;
}

/** The columns of a table that was refused because some are not known, for a mapping; null where that is not why. */
function refusedColumns(refusal: Refusal, { changed }: Mapping): ImportedTable["columns"] | null {
  const columns = texts(refusal.details.columns);
  if (refusal.code !== "bad_header" || columns.length === 0) return null;
  return columns.map((column) => ({ column, field: changed[column] ?? null, by: null }));
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
