import { useState } from "preact/hooks";
import { FINDS, type Find, type JobListFilter, narrow } from "./filter.ts";

const TEXTS = ["prepared_for", "filename", "metadata", "error", "error_code", "undelivered"] as const;
const DOCUMENTS = {
  agents: "Agents report",
  agents_brief: "Agents report, brief",
  agency: "Agency report",
  commission: "Commission",
  complete: "Complete document",
} as const;

/** What else one may remember of a report. It narrows the list when one leaves a field, or by the enter key. */
export function FindFields({ filter }: { readonly filter: JobListFilter }) {
  const given = Object.keys(filter.finds).length;
  // Once opened it stays, whatever becomes of the fields.
  const [open, setOpen] = useState(given > 0);
  const set = (name: Find, value: string) => {
    const { [name]: _, ...others } = filter.finds;
    const text = value.trim();
    if (text === (filter.finds[name] ?? "")) return;
    narrow({ ...filter, finds: text === "" ? others : { ...others, [name]: text } });
  };
  return (
    <details class="search-fields" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>More filters{given === 0 ? "" : ` (${given})`}</summary>
      {open && (
        <div class="form inline">
          {TEXTS.map((name) => (
            <label key={name} class="field">
              {FINDS[name]}
              <input
                type="text"
                value={filter.finds[name] ?? ""}
                autocomplete="off"
                spellcheck={false}
                onChange={({ currentTarget }) => set(name, currentTarget.value)}
              />
            </label>
          ))}
          <label class="field">
            {FINDS.document}
            <select
              value={filter.finds.document ?? ""}
              onChange={({ currentTarget }) => set("document", currentTarget.value)}
            >
              <option value="">Any</option>
              {Object.entries(DOCUMENTS).map(([kind, words]) => (
                <option key={kind} value={kind}>
                  {words}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            {FINDS.draft}
            <select
              value={filter.finds.draft ?? ""}
              onChange={({ currentTarget }) => set("draft", currentTarget.value)}
            >
              <option value="">Drafts and others</option>
              <option value="true">Only drafts</option>
              <option value="false">Without drafts</option>
            </select>
          </label>
          {(["from", "to"] as const).map((name) => (
            <label key={name} class="field">
              {FINDS[name]}
              <input
                type="date"
                value={filter.finds[name] ?? ""}
                onChange={({ currentTarget }) => set(name, currentTarget.value)}
              />
            </label>
          ))}
          <label class="field">
            {FINDS.order}
            <select
              value={filter.finds.order ?? ""}
              onChange={({ currentTarget }) => set("order", currentTarget.value)}
            >
              <option value="">Newest first</option>
              <option value="ended">Last ended first</option>
              <option value="duration">Longest first</option>
            </select>
          </label>
        </div>
      )}
    </details>
  );
}
