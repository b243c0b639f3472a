/*
 * The form that requests reports: suburb, filters, brand, subject, more suburbs, the data itself.
 * An unfinished form survives a reload in its tab.
 * Not here: other pages.
 */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { go, linkTo, type PageProps } from "../address.ts";
import { get, post, Refusal } from "../api.ts";
import { Field } from "../parts/field.tsx";
import { notify, notifyError } from "../parts/notices.tsx";
import type { ShownJobDetail, ShownSuburb } from "../responses.ts";
import { maySubmit } from "../viewer.ts";
import { many } from "../words.ts";
import { AgencyBox } from "./agency-box.tsx";
import { bodyOf, FormProblem, fillIn, moreSuburbs, OF_LOCALITY, problemsOfForm, sentenceOf } from "./body.ts";
import { BrandFields } from "./brand-fields.tsx";
import { FilterFields } from "./filter-fields.tsx";
import { messages } from "./messages.ts";
import { MoreSuburbs } from "./more-suburbs.tsx";
import { forgetForm, restoreForm, storedForm, storeForm } from "./stored-form.ts";
import { SubjectFields } from "./subject-fields.tsx";
import { SuburbBox } from "./suburb-box.tsx";

/** The ways of waiting; any number from 0 to 9 may be requested over the API. */
const PRIORITIES = {
  "9": messages.firstOfMine,
  "7": "Soon",
  "5": messages.asUsual,
  "1": messages.whenIdle,
} as const;

/** Requests a report, and opens its job, which shows the progress. */
export function Page({ query }: PageProps) {
  const [suburb, setSuburb] = useState<ShownSuburb | null>(null);
  const like = query.get("like");
  // What was typed before the session ended, or the page was left.
  const stored = useMemo(() => (like === null ? storedForm() : null), []);
  const [typed, setTyped] = useState(() => (stored === null ? requested(query) : String(stored.suburb ?? "")));
  const [restored, setRestored] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [sending, setSending] = useState(false);
  // Of a job: what were sent, or typed over, before it is filled in would not be like that job.
  const [filling, setFilling] = useState(like !== null);
  // A request that is sent twice, by a double click or after a lost response, is one report.
  const key = useRef(crypto.getRandomValues(new Uint32Array(4)).join("-"));
  const form = useRef<HTMLFormElement>(null);
  // Before the next key, which it would overwrite.
  useLayoutEffect(() => {
    if (form.current !== null && stored !== null) setRestored(restoreForm(form.current, stored) || typed !== "");
  }, []);
  // Before the next key, not with the next frame.
  useLayoutEffect(() => {
    const first = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    first?.closest("details")?.setAttribute("open", "");
    first?.focus();
  }, [refusal]);
  useEffect(() => {
    if (like === null) return;
    const controller = new AbortController();
    get<ShownJobDetail>(`api/jobs/${encodeURIComponent(like)}`, controller.signal)
      .then(
        ({ request }) => {
          if (form.current !== null) fillIn(form.current, request);
        },
        (error) => void (!controller.signal.aborted && notifyError(error)),
      )
      .then(() => setFilling(false));
    return () => controller.abort();
  }, [like]);
  if (!maySubmit) return <p class="empty">{messages.readOnly}</p>;

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    // The button that was pressed decides whether it is a draft.
    const given = new FormData(event.currentTarget as HTMLFormElement, event.submitter);
    const lines = moreSuburbs(String(given.get("more_suburbs") ?? ""));
    // A typed line needs no choice from the list: the service reads it. There may be a list without the field above it.
    const isListed = typed.trim() === "";
    const others = isListed ? lines.slice(1) : lines;
    const locality = suburb ?? {
      ...{ suburb: isListed ? (lines[0]?.suburb ?? "") : typed.trim(), state: undefined, postcode: undefined },
    };
    if (locality.suburb === "") {
      setRefusal(
        new Refusal(422, "", {
          problems: [{ path: "/suburb", message: messages.suburbNeeded }],
        }),
      );
      document.getElementById("suburb")?.focus();
      return;
    }
    const { suburb: name, state, postcode } = locality;
    setSending(true);
    setRefusal(null);
    try {
      // Empty fields are absent.
      const fields = await bodyOf(given);
      const first = { ...fields, suburb: name, state, postcode };
      const once = { "Idempotency-Key": `form-${key.current}` };
      if (others.length === 0) {
        const { job_id } = await post<{ readonly job_id: string }>(
          fields.report === "agency" ? "api/generate-agency-report" : "api/generate-agents-report",
          first,
          once,
        );
        forgetForm();
        go(linkTo(`jobs/${job_id}`));
      } else {
        const reports = [first, ...others.map((each) => ({ ...fields, ...each }))];
        await post("api/generate-agents-reports", { reports }, once);
        forgetForm();
        notify(`${many(reports.length, "report")} requested`);
        go(linkTo("jobs"));
      }
    } catch (error) {
      setRefusal(refusalOf(error, isListed ? lines : [locality, ...others], isListed));
      // What is sent next is another request.
      if (error instanceof Refusal && error.status !== 0)
        key.current = crypto.getRandomValues(new Uint32Array(4)).join("-");
      setSending(false);
    }
  };

  // Of a list it is an item that is wrong.
  const problems = (refusal?.problems ?? []).map((each) => ({ ...each, path: each.path ?? "" }));
  const errorOf = (path: string) =>
    problems.find((each) => each.path === path || each.path.startsWith(`${path}/`))?.message;
  const placed = problems.some(
    ({ path }) =>
      ["/suburb", "/state", "/postcode", "/branding/logo"].includes(path) ||
      [path.split("/")[1] ?? "", path.slice(1).replace("/", "_")].some((name) => document.getElementsByName(name)[0]),
  );
  return (
    <div class="sheet">
      <h1>{like === null ? "New report" : "Another like this"}</h1>
      {restored && (
        <p class="hint">
          {messages.formRestored}{" "}
          <button
            type="button"
            class="button small"
            onClick={() => {
              forgetForm();
              location.assign(linkTo("new"));
            }}
          >
            Clear the form
          </button>
        </p>
      )}
      <form
        class="form"
        ref={form}
        inert={filling}
        onSubmit={submit}
        onInput={({ currentTarget }) => storeForm(currentTarget)}
        onChange={({ currentTarget }) => storeForm(currentTarget)}
        noValidate
      >
        <SuburbBox
          text={typed}
          error={OF_LOCALITY.map((name) => sentenceOf(name, errorOf(`/${name}`))).find((each) => each !== undefined)}
          onChange={(text, chosen) => {
            setTyped(text);
            setSuburb(chosen);
          }}
        />
        <AgencyBox suburb={suburb} error={errorOf("/prepared_for")} />
        <MoreSuburbs first={typed} error={errorOf("/more_suburbs")} />
        <FilterFields errorOf={errorOf} />
        <SubjectFields errorOf={errorOf} />
        <BrandFields errorOf={errorOf} />
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
        <Field label="Callback" hint={messages.callbackHint} optional error={errorOf("/callback_url")}>
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
          <p class="error-text" role="alert">
            {refusal.message}
          </p>
        )}
        <div class="actions">
          <button type="submit" class="button primary" disabled={sending}>
            {sending ? "Sending…" : "Request the report"}
          </button>
          <button
            type="submit"
            class="button"
            name="draft"
            value="true"
            disabled={sending}
            aria-describedby="preview-hint"
          >
            Preview
          </button>
        </div>
        <p class="hint" id="preview-hint">
          {messages.previewHint}
        </p>
      </form>
    </div>
  );
}

/** The suburb of the address, where one came from a suburb's page. */
function requested(query: URLSearchParams): string {
  return ["suburb", "state", "postcode"].flatMap((name) => query.get(name) ?? []).join(" ");
}

function refusalOf(error: unknown, localities: readonly { readonly suburb: string }[], isListed: boolean): Refusal {
  // The response to the first one was lost; this form is another one under the same key.
  if (error instanceof Refusal && error.code === "idempotency_conflict")
    return new Refusal(error.status, messages.earlierArrived);
  if (error instanceof Refusal) {
    const problems = problemsOfForm(error.problems, localities, isListed);
    return new Refusal(error.status, error.message, { ...error, problems });
  }
  if (error instanceof FormProblem)
    return new Refusal(422, error.message, { problems: [{ path: error.path, message: error.message }] });
  return new Refusal(0, String(error));
}
