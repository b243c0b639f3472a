import { useState } from "preact/hooks";
import { put } from "../api.ts";
import { notify, notifyError } from "../parts/notices.tsx";
import type { ImportedTable, Maps } from "../responses.ts";
import { isDirty, type Mapping, mapNameOf, mapOf, savedMapping } from "./mapping.ts";
import { messages } from "./messages.tsx";

interface ColumnsProps {
  readonly columns: ImportedTable["columns"];
  readonly fields: readonly string[];
  readonly mapping: Mapping;
  readonly maps: Maps;
  readonly fileName: string;
  readonly onChange: (mapping: Mapping) => void;
  readonly onSaved: () => void;
}

const BY: Readonly<Record<string, string>> = {
  name: "its own name",
  synonym: messages.synonym,
  map: "the mapping",
};

/** What each column was taken for, and a choice of what it is; saved by name for the next file like it. */
export function Columns({ columns, fields, mapping, maps, fileName, onChange, onSaved }: ColumnsProps) {
  const set = (column: string, field: string) =>
    onChange({ ...mapping, changed: { ...mapping.changed, [column]: field } });
  return (
    <section class="panel" aria-labelledby="columns">
      <h2 id="columns">Columns</h2>
      {maps.length > 0 && (
        <label class="labelled">
          Saved mapping
          <select
            value={mapping.saved}
            onChange={({ currentTarget }) => onChange(savedMapping(maps, currentTarget.value))}
          >
            <option value="">None</option>
            {maps.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      <table class="plain-table columns" aria-labelledby="columns">
        <thead>
          <tr>
            <th scope="col">In the file</th>
            <th scope="col">Read as</th>
            <th scope="col" class="wide">
              Recognised by
            </th>
          </tr>
        </thead>
        <tbody>
          {columns
            .filter(({ column }) => column !== "")
            .map(({ column, field, by }) => (
              <tr key={column}>
                <th scope="row" class="long">
                  {column}
                </th>
                <td>
                  <select
                    aria-label={`What ${column} is`}
                    value={mapping.changed[column] ?? field ?? ""}
                    onChange={({ currentTarget }) => set(column, currentTarget.value)}
                  >
                    <option value="">not used</option>
                    {fields.map((each) => (
                      <option key={each} value={each}>
                        {each.replaceAll("_", " ")}
                      </option>
                    ))}
                  </select>
                </td>
                <td class="wide second">{field === null && by !== "map" ? "–" : (BY[by ?? ""] ?? "–")}</td>
              </tr>
            ))}
        </tbody>
      </table>
      {isDirty(mapping) && <SaveMapping mapping={mapping} fileName={fileName} onSaved={onSaved} onChange={onChange} />}
    </section>
  );
}

type SaveProps = Pick<ColumnsProps, "mapping" | "fileName" | "onSaved" | "onChange">;

function SaveMapping({ mapping, fileName, onSaved, onChange }: SaveProps) {
  const [name, setName] = useState(mapping.saved === "" ? mapNameOf(fileName) : mapping.saved);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const document = mapOf(mapping);
    try {
      await put(`api/catalogue-maps/${encodeURIComponent(name)}`, document);
      notify(messages.mappingSaved(name));
      onChange({ saved: name, document, changed: {} });
      onSaved();
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <form class="save-mapping" onSubmit={save}>
      <label>
        {messages.saveMappingAs}
        <input
          value={name}
          maxLength={60}
          required
          pattern="[\w.\-]+"
          title={messages.mappingNameRule}
          autocomplete="off"
          spellcheck={false}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </label>
      <button type="submit" class="button">
        Save the mapping
      </button>
    </form>
  );
}
