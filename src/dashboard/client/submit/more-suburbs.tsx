import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { get, put, Refusal, remove } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { notify, notifyError } from "../parts/notices.tsx";
import type { Territory } from "../responses.ts";
import { many } from "../words.ts";
import { moreSuburbs } from "./body.ts";
import { messages } from "./messages.ts";

interface MoreSuburbsProps {
  /** What is in the field above, the first of the suburbs; "" for nothing. */
  readonly first: string;
  readonly error: string | undefined;
}

/** The suburbs of other reports, a line each; lists of them that an office names are its territories. */
export function MoreSuburbs({ first, error }: MoreSuburbsProps) {
  const [text, setText] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  const lines = [...(first.trim() === "" ? [] : [first.trim()]), ...moreSuburbs(text).map(({ suburb }) => suburb)];
  const fill = (suburbs: readonly string[]) => {
    if (area.current !== null) area.current.value = suburbs.join("\n");
    area.current?.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return (
    <Field label={messages.moreSuburbs} hint={messages.moreSuburbsHint} optional error={error}>
      {(attributes) => (
        <>
          <textarea
            {...attributes}
            ref={area}
            name="more_suburbs"
            rows={3}
            placeholder={messages.moreSuburbsExample}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
          <Territories lines={lines} first={first} onChoose={fill} />
        </>
      )}
    </Field>
  );
}

interface TerritoriesProps {
  readonly lines: readonly string[];
  readonly first: string;
  readonly onChoose: (lines: readonly string[]) => void;
}

function Territories({ lines, first, onChoose }: TerritoriesProps) {
  const [territories, setTerritories] = useState<readonly Territory[]>([]);
  const [chosen, setChosen] = useState("");
  const [naming, setNaming] = useState(false);
  const id = useId();
  const read = () =>
    get<{ readonly territories: readonly Territory[] }>("api/territories").then(
      (response) => setTerritories(response.territories),
      // The form can be used without them.
      () => {},
    );
  useEffect(() => void read(), []);
  const current = territories.find(({ name }) => name === chosen);

  const choose = (name: string) => {
    setChosen(name);
    const territory = territories.find((each) => each.name === name);
    if (territory === undefined) return;
    const all = territory.suburbs.map(({ suburb, state, postcode }) => `${suburb} ${state} ${postcode}`);
    const has = first.trim().toLowerCase();
    onChoose(all.filter((line) => has === "" || !line.toLowerCase().startsWith(has)));
    notify(`${many(all.length, "suburb")} of ${name}`);
  };
  const forget = async () => {
    try {
      await remove(`api/territories/${encodeURIComponent(chosen)}`);
      notify(messages.territoryRemoved(chosen));
      setChosen("");
      await read();
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <div class="territories">
      {territories.length > 0 && (
        <span class="chosen">
          <label for={`${id}-saved`}>Territory</label>
          <select id={`${id}-saved`} value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            <option value="">{messages.chooseSaved}</option>
            {territories.map(({ name, suburbs }) => (
              <option key={name} value={name}>
                {name} ({suburbs.length})
              </option>
            ))}
          </select>
        </span>
      )}
      {!naming && lines.length > 0 && (
        <button type="button" class="button small" onClick={() => setNaming(true)}>
          {current === undefined ? "Save as territory" : "Save changes"}
        </button>
      )}
      {!naming && current !== undefined && (
        <button type="button" class="button small" onClick={forget}>
          Remove territory
        </button>
      )}
      {naming && (
        <Naming
          lines={lines}
          current={current}
          onEnd={async (name) => {
            setNaming(false);
            if (name === null) return;
            await read();
            setChosen(name);
          }}
        />
      )}
    </div>
  );
}

interface NamingProps {
  readonly lines: readonly string[];
  readonly current: Territory | undefined;
  /** The name it was saved by; null where it was not. */
  readonly onEnd: (name: string | null) => void;
}

/** A name for these suburbs. No form of its own: it is inside one. */
function Naming({ lines, current, onEnd }: NamingProps) {
  const [error, setError] = useState<string | null>(null);
  const id = useId();
  const name = useRef<HTMLInputElement>(null);
  const shared = useRef<HTMLInputElement>(null);
  // Before the next key, not with the next frame: it is meant for this field.
  useLayoutEffect(() => name.current?.focus(), []);

  const save = async () => {
    const territory = name.current?.value.trim() ?? "";
    if (territory === "") {
      setError(messages.territoryNameNeeded);
      name.current?.focus();
      return;
    }
    try {
      const body = { suburbs: lines, shared: shared.current?.checked === true };
      const saved = await put<Territory>(`api/territories/${encodeURIComponent(territory)}`, body);
      notify(`Territory “${saved.name}” saved: ${many(saved.suburbs.length, "suburb")}`);
      onEnd(saved.name);
    } catch (error) {
      setError(
        error instanceof Refusal && error.problems[0] ? error.problems[0].message : String((error as Error).message),
      );
    }
  };
  return (
    <fieldset class="naming">
      <legend class="visually-hidden">Save as territory</legend>
      <label class="visually-hidden" for={`${id}-name`}>
        {messages.territoryName}
      </label>
      <input
        id={`${id}-name`}
        ref={name}
        maxLength={60}
        defaultValue={current?.name ?? ""}
        placeholder={messages.territoryName}
        autocomplete="off"
        aria-invalid={error === null ? undefined : true}
        aria-describedby={error === null ? undefined : `${id}-error`}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== "Escape") return;
          // Neither sends the report.
          event.preventDefault();
          if (event.key === "Enter") void save();
          else onEnd(null);
        }}
      />
      <label class="check">
        <input type="checkbox" ref={shared} defaultChecked={current?.shared ?? false} /> For all clients
      </label>
      <button type="button" class="button small primary" onClick={() => void save()}>
        Save
      </button>
      <button type="button" class="button small" onClick={() => onEnd(null)}>
        Not now
      </button>
      {error !== null && (
        <span class="error-text" id={`${id}-error`} role="alert">
          {error}
        </span>
      )}
    </fieldset>
  );
}
