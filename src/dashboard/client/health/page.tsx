/*
 * The page of checks: what `agentlink doctor` finds, and the age of the last backup.
 * The checks run in the service on request.
 * Not here: other pages, and checks of its own.
 */

import { useState } from "preact/hooks";
import { post, Refusal } from "../api.ts";
import { ServiceTabs } from "../parts/service-tabs.tsx";
import { Ago } from "../parts/time.tsx";
import type { ShownExamination } from "../responses.ts";
import { useResponse } from "../use-response.ts";
import { mayOperate } from "../viewer.ts";
import { many } from "../words.ts";
import { messages } from "./messages.tsx";

type Checked = NonNullable<ShownExamination["checked"]>;
type ShownFinding = Checked["findings"][number];

const STATES = { ok: "OK", warn: "Warning", fail: "Error" } as const;

/** What `agentlink doctor` finds, examined on request; and when the last backup was taken. */
export function Page() {
  const before = useResponse<ShownExamination>(mayOperate ? "api/doctor" : null);
  const [examined, setExamined] = useState<ShownExamination | null>(null);
  const [checking, setChecking] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  if (!mayOperate) return <p class="empty">{messages.adminsOnly}</p>;
  const check = async () => {
    setChecking(true);
    await post<ShownExamination>("api/doctor").then(
      (response) => {
        setExamined(response);
        setRefused(null);
      },
      (error) => setRefused(error instanceof Refusal ? error.message : String(error)),
    );
    setChecking(false);
  };
  const found = examined ?? before.found;
  const problem = refused ?? before.refusal?.message ?? null;
  return (
    <>
      <div class="heading">
        <h1>Health</h1>
        <div class="actions">
          <button type="button" class="button primary" disabled={checking} onClick={check}>
            {checking ? "Checking…" : "Check now"}
          </button>
        </div>
      </div>
      <ServiceTabs current="health" />
      {problem !== null && (
        <p class="error-text" role="alert">
          {problem}
        </p>
      )}
      {found !== null && <Backup backup={found.backup} />}
      {found?.checked == null ? (
        <p class="empty">{checking ? messages.checking : messages.notChecked}</p>
      ) : (
        <Findings checked={found.checked} />
      )}
    </>
  );
}

function Backup({ backup }: { readonly backup: ShownExamination["backup"] }) {
  return (
    <section class="panel" aria-labelledby="backup">
      <h2 id="backup">Backup</h2>
      {backup.last === null ? (
        <p class={backup.due ? "error-text" : "second"}>
          {messages.noBackup(<code>agentlink backup</code>)}
          {backup.due ? ` ${messages.backUpNightly}` : ""}
        </p>
      ) : (
        <p class={backup.due ? "error-text" : ""}>
          Last <Ago at={backup.last.at} /> by {backup.last.by}
          {backup.last.to === null ? "" : `, to ${backup.last.to}`}.{backup.due ? ` ${messages.backupTooOld}` : ""}
        </p>
      )}
      {backup.redis !== null && (
        <p class={backup.redis.append_only ? "second" : "error-text"}>
          {messages.jobsInRedis} <Ago at={backup.redis.saved_at} />
          {backup.redis.append_only ? messages.appendOnlyFile : messages.noAppendOnlyFile}
        </p>
      )}
    </section>
  );
}

function Findings({ checked }: { readonly checked: Checked }) {
  const { at, seconds, findings } = checked;
  const count = (state: ShownFinding["state"]) => findings.filter((each) => each.state === state).length;
  const [failures, warnings] = [count("fail"), count("warn")];
  const verdict =
    failures + warnings === 0 ? "All is well" : `${many(failures, "error")}, ${many(warnings, "warning")}`;
  const order = { fail: 0, warn: 1, ok: 2 } as const;
  return (
    <section class="panel" aria-labelledby="checks">
      <h2 id="checks">Checks</h2>
      <p role="status">
        {verdict}. Checked <Ago at={at} />, in {many(seconds, "second")}.
      </p>
      <table class="card-table checks">
        <caption class="visually-hidden">Findings, errors first</caption>
        <thead>
          <tr>
            <th scope="col">State</th>
            <th scope="col">What</th>
            <th scope="col">{messages.findingAndAction}</th>
          </tr>
        </thead>
        <tbody>
          {findings
            .toSorted((a, b) => order[a.state] - order[b.state])
            .map(({ what, state, found, advice }) => (
              <tr key={`${what} ${found}`}>
                <td class={`state ${state}`}>{STATES[state]}</td>
                <th scope="row">{what}</th>
                <td class="long">
                  {found}
                  {advice === undefined ? "" : <span class="block">→ {advice}</span>}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
