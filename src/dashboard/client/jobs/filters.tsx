import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { overview } from "../live.ts";
import { CloseIcon, SearchIcon } from "../parts/icons.tsx";
import { STATUS_WORDS, STATUSES, type Status, StatusMark } from "../parts/status.tsx";
import { isSearchWanted } from "../shortcuts.tsx";
import { seesAll } from "../viewer.ts";
import { number } from "../words.ts";
import { type JobListFilter, narrow, SINCE, type Since, STATES } from "./filter.ts";
import { FindFields } from "./find-fields.tsx";
import { messages } from "./messages.tsx";

/** A search is sent once the person stops typing. */
const TYPING_MS = 250;

/** What the list is narrowed by. Each change is a new address. */
export function Filters({ filter }: { readonly filter: JobListFilter }) {
  const toggled = (status: Status) =>
    filter.statuses.includes(status)
      ? filter.statuses.filter((each) => each !== status)
      : STATUSES.filter((each) => each === status || filter.statuses.includes(each));
  return (
    <search class="filters">
      <Search filter={filter} />
      <fieldset class="chips">
        <legend class="visually-hidden">Status</legend>
        {STATUSES.map((status) => (
          <label key={status} class={`chip ${status}`}>
            <input
              type="checkbox"
              checked={filter.statuses.includes(status)}
              onChange={() => narrow({ ...filter, statuses: toggled(status) })}
            />
            <StatusMark status={status} word={STATUS_WORDS[status]} />
            <Count status={status} />
          </label>
        ))}
      </fieldset>
      <label class="select">
        <span class="visually-hidden">Accepted</span>
        <select
          value={filter.since}
          onChange={({ currentTarget }) => narrow({ ...filter, since: currentTarget.value as Since })}
        >
          {Object.entries(SINCE).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label class="select">
        <span class="visually-hidden">State</span>
        <select
          value={filter.state}
          onChange={({ currentTarget }) => narrow({ ...filter, state: currentTarget.value })}
        >
          <option value="">Any state</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {state}
            </option>
          ))}
        </select>
      </label>
      {filter.client !== "" && (
        <button type="button" class="button small" onClick={() => narrow({ ...filter, client: "" })}>
          <span class="visually-hidden">{messages.showAllClients}</span> client: {filter.client}
          <CloseIcon />
        </button>
      )}
      <FindFields filter={filter} />
    </search>
  );
}

/** All jobs of a status, whatever else the list is narrowed to. */
function Count({ status }: { readonly status: Status }) {
  const count = seesAll ? overview.value?.counts[status] : undefined;
  return count === undefined ? null : <span class="figure">{number(count)}</span>;
}

function Search({ filter }: { readonly filter: JobListFilter }) {
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // What else is narrowed while the person types stays so.
  const latest = useRef(filter);
  latest.current = filter;
  useLayoutEffect(() => {
    if (isSearchWanted()) input.current?.focus();
  }, []);
  // The back button changes the address under the field. Before the next letter: it would be overwritten.
  useLayoutEffect(() => {
    if (input.current !== null && input.current.value.trim() !== filter.q) input.current.value = filter.q;
  }, [filter.q]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = (q: string) => {
    clearTimeout(timer.current);
    const { current } = latest;
    if (q.trim() === current.q) return;
    narrow({ ...current, q: q.trim() }, { replace: current.q !== "" && q.trim() !== "" });
  };
  return (
    <label class="search">
      <span class="visually-hidden">{messages.searchLabel}</span>
      <SearchIcon />
      <input
        ref={input}
        type="search"
        placeholder={messages.searchPlaceholder}
        defaultValue={filter.q}
        spellcheck={false}
        autocomplete="off"
        onInput={({ currentTarget }) => {
          clearTimeout(timer.current);
          timer.current = setTimeout(() => search(currentTarget.value), TYPING_MS);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") search(event.currentTarget.value);
        }}
      />
      <span class="key" aria-hidden="true">
        /
      </span>
    </label>
  );
}
