/*
 * The audit list: who changed what in the service, its keys, data and jobs.
 * Actions are shown by what people call them (actions.ts).
 * Not here: other pages.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { go, linkTo, type PageProps } from "../address.ts";
import { get, Refusal } from "../api.ts";
import { onSync } from "../live.ts";
import { ServiceTabs } from "../parts/service-tabs.tsx";
import { Clock } from "../parts/time.tsx";
import type { AuditFound, ShownAuditEntry } from "../responses.ts";
import { seesAll } from "../viewer.ts";
import { ACTIONS, actionName } from "./actions.ts";
import { messages } from "./messages.ts";

const FILTERS = ["actor", "action", "since", "until"] as const;

/** Who did what to the service, its keys, data and jobs. */
export function Page({ query }: PageProps) {
  const [entries, setEntries] = useState<readonly ShownAuditEntry[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const given = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? ""])) as Record<
    (typeof FILTERS)[number],
    string
  >;
  const { actor, action, since, until } = given;
  const current = useRef<AbortSignal | undefined>(undefined);
  /** `before`: those that are shown, which the response goes on from. Two clicks have the same response. */
  const read = (cursor: string | null, before: readonly ShownAuditEntry[], signal?: AbortSignal) => {
    const parameters = new URLSearchParams(Object.entries(given).filter(([, value]) => value !== ""));
    if (cursor !== null) parameters.set("cursor", cursor);
    return get<AuditFound>(`api/audit?${parameters}`, signal).then(
      (page) => {
        setEntries([...before, ...page.entries]);
        setNext(page.next_cursor);
        setProblem(null);
        return true;
      },
      (error) => {
        if (!signal?.aborted) setProblem(error instanceof Refusal ? error.message : String(error));
        return false;
      },
    );
  };
  useEffect(() => {
    if (!seesAll) return;
    const controller = new AbortController();
    current.current = controller.signal;
    let isRead = false;
    const readFirst = async () => {
      // Read again, it would take away the earlier ones that are shown.
      if (!isRead) isRead = await read(null, [], controller.signal);
    };
    void readFirst();
    const stop = onSync(readFirst);
    return () => {
      controller.abort();
      stop();
    };
  }, [actor, action, since, until]);
  if (!seesAll) return <p class="empty">{messages.adminsAndViewersOnly}</p>;
  const narrow = (name: string, value: string) =>
    go(linkTo("audit", { ...given, [name]: value.trim() }), { replace: true });
  return (
    <>
      <div class="heading">
        <h1>Audit</h1>
      </div>
      <ServiceTabs current="audit" />
      <search class="filters">
        <div class="search plain">
          <input
            type="search"
            aria-label="Who"
            placeholder="Who"
            defaultValue={actor}
            maxLength={100}
            onChange={({ currentTarget }) => narrow("actor", currentTarget.value)}
          />
        </div>
        <label>
          <span class="visually-hidden">What was done</span>
          <select value={action} onChange={({ currentTarget }) => narrow("action", currentTarget.value)}>
            <option value="">Everything</option>
            {ACTIONS.map(({ title, actions }) => (
              <option key={title} value={actions.join(",")}>
                {title}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span class="second">From</span>{" "}
          <input type="date" value={since} onChange={({ currentTarget }) => narrow("since", currentTarget.value)} />
        </label>
        <label>
          <span class="second">before</span>{" "}
          <input type="date" value={until} onChange={({ currentTarget }) => narrow("until", currentTarget.value)} />
        </label>
      </search>
      {problem !== null && (
        <p class="error-text" role="alert">
          {problem}
        </p>
      )}
      {entries !== null && entries.length === 0 && <p class="empty">No entry matches.</p>}
      {entries !== null && entries.length > 0 && <List entries={entries} />}
      {next !== null && (
        <button type="button" class="button" onClick={() => read(next, entries ?? [], current.current)}>
          Show earlier ones
        </button>
      )}
    </>
  );
}

function List({ entries }: { readonly entries: readonly ShownAuditEntry[] }) {
  return (
    <table class="card-table audit">
      <caption class="visually-hidden">{messages.caption}</caption>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Who</th>
          <th scope="col">Did</th>
          <th scope="col">{messages.subjectAndResult}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map(({ id, at, actor, key_id, action, subject, detail }) => (
          <tr key={id}>
            <td>
              <Clock at={at} />
            </td>
            <th scope="row" title={key_id === null ? undefined : `Key ${key_id}`}>
              {actor}
            </th>
            <td>{actionName(action)}</td>
            <td class="long">
              {subject !== null && (JOB.test(subject) ? <a href={linkTo(`jobs/${subject}`)}>{subject}</a> : subject)}
              {detail !== null && <span class="second block">{detail}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const JOB = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
