import { useRef, useState } from "preact/hooks";
import { go, linkTo, type PageProps } from "../address.ts";
import type { Suburb } from "../answers.ts";
import { Refusal, tell } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { maySubmit } from "../viewer.ts";
import { AgencyBox } from "./agency-box.tsx";
import { FilterFields } from "./filter-fields.tsx";
import { SuburbBox } from "./suburb-box.tsx";

/** The ways of waiting; any number from 0 to 9 may be asked for over the API. */
const PRIORITIES = {
  "9": "Before all my others",
  "7": "Soon",
  "5": "As usual",
  "1": "When nothing else waits",
} as const;

/** Asks for a report, and goes to its job, which shows how it comes to be. */
export function Page({ query }: PageProps) {
  const [suburb, setSuburb] = useState<Suburb | null>(null);
  const [typed, setTyped] = useState(() => asked(query));
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [sending, setSending] = useState(false);
  // A request that is sent twice, by a double click or after a lost answer, is one report.
  const key = useRef(crypto.getRandomValues(new Uint32Array(4)).join("-"));
  if (!maySubmit) return <p class="empty">Your key may read. To ask for a report takes one of the scope submit.</p>;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const place = suburb ?? asTyped(typed);
    if (place === null) {
      setRefusal(
        new Refusal(422, "", {
          problems: [{ path: "/suburb", message: "Choose a suburb from the list, or write its name and state." }],
        }),
      );
      document.getElementById("suburb")?.focus();
      return;
    }
    const { suburb: name, state, postcode } = place;
    // What was not filled in is absent.
    const body = { ...Object.fromEntries(form), suburb: name, state, ...(postcode === undefined ? {} : { postcode }) };
    setSending(true);
    setRefusal(null);
    try {
      const { job_id } = await tell<{ readonly job_id: string }>("api/generate-agents-report", body, {
        "Idempotency-Key": `form-${key.current}`,
      });
      go(linkTo(`jobs/${job_id}`));
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
      // What is sent next is another request.
      if (error instanceof Refusal && error.status !== 0)
        key.current = crypto.getRandomValues(new Uint32Array(4)).join("-");
      setSending(false);
    }
  };

  // Of a list it is an item that is wrong.
  const wrong = (path: string) =>
    refusal?.problems.find((each) => each.path === path || each.path?.startsWith(`${path}/`))?.message;
  const placed =
    refusal?.problems.some(
      ({ path = "" }) => path === "/suburb" || document.getElementsByName(path.split("/")[1] ?? "")[0],
    ) ?? false;
  return (
    <div class="sheet">
      <h1>New report</h1>
      <form class="form" onSubmit={submit} noValidate>
        <SuburbBox
          text={typed}
          wrong={wrong("/suburb")}
          onChange={(text, chosen) => {
            setTyped(text);
            setSuburb(chosen);
          }}
        />
        <AgencyBox suburb={suburb} wrong={wrong("/prepared_for")} />
        <FilterFields wrong={wrong} open={placed} />
        <Field label="Priority">
          {(attributes) => (
            <select {...attributes} name="priority">
              {Object.entries(PRIORITIES)
                .sort(([a], [b]) => Number(b) - Number(a))
                .map(([value, words]) => (
                  <option key={value} value={value} selected={value === "5"}>
                    {words} ({value})
                  </option>
                ))}
            </select>
          )}
        </Field>
        <Field
          label="Callback"
          hint="An address that is told of the job's end."
          optional
          wrong={wrong("/callback_url")}
        >
          {(attributes) => (
            <input
              {...attributes}
              name="callback_url"
              type="url"
              placeholder="https://"
              autocomplete="off"
              spellcheck={false}
            />
          )}
        </Field>
        {refusal !== null && !placed && (
          <p class="complaint" role="alert">
            {refusal.message}
          </p>
        )}
        <div class="actions">
          <button type="submit" class="button primary" disabled={sending}>
            {sending ? "Asking…" : "Make the report"}
          </button>
        </div>
      </form>
    </div>
  );
}

/** The suburb of the address, where one came from a place. */
function asked(query: URLSearchParams): string {
  return ["suburb", "state", "postcode"].flatMap((name) => query.get(name) ?? []).join(" ");
}

/** "Manly NSW" or "Manly NSW 2095", for who knows what to write. */
function asTyped(
  text: string,
): (Omit<Suburb, "latitude" | "longitude" | "postcode"> & { readonly postcode?: string }) | null {
  const match = /^(.+?)[\s,]+(ACT|NSW|NT|QLD|SA|TAS|VIC|WA)(?:[\s,]+(\d{4}))?$/i.exec(text.trim());
  if (match === null) return null;
  const [, suburb = "", state = "", postcode] = match;
  return { suburb, state: state.toUpperCase(), ...(postcode === undefined ? {} : { postcode }) };
}
