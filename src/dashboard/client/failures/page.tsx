/*
 * The page of failures: failed jobs grouped by cause, to retry or dismiss together.
 * The service forms the groups; the page shows them.
 * Not here: other pages.
 */

import { linkTo, type PageProps } from "../address.ts";
import { post } from "../api.ts";
import { onJob } from "../live.ts";
import { confirmed } from "../parts/confirm.tsx";
import { RetryIcon } from "../parts/icons.tsx";
import { notify, notifyError } from "../parts/notices.tsx";
import { Ago } from "../parts/time.tsx";
import type { FailureGroup, Failures } from "../responses.ts";
import { useResponse } from "../use-response.ts";
import { maySubmit, seesAll } from "../viewer.ts";
import { many } from "../words.ts";
import { messages } from "./messages.tsx";

/** Failures that come by the hundred are requested a few times, not each for itself. */
const RECHECK_MS = 1_000;

const STAGE_WORDS = { gathering: "while gathering data", rendering: "while rendering", delivering: "while delivering" };

/** Failed jobs by what they failed for. */
export function Page({ query }: PageProps) {
  const showsAll = query.get("dismissed") === "yes";
  const { found, refusal, refresh } = useResponse<Failures>(
    `api/failures${showsAll ? "?dismissed=yes" : ""}`,
    (read) => {
      let again: ReturnType<typeof setTimeout> | undefined;
      const stop = onJob(() => {
        again ??= setTimeout(() => {
          again = undefined;
          read();
        }, RECHECK_MS);
      });
      return () => {
        clearTimeout(again);
        stop();
      };
    },
  );
  const groups = found?.groups ?? [];
  return (
    <>
      <div class="heading">
        <h1>Failures</h1>
        {found !== null && <span class="count">{many(groups.length, "cause")}</span>}
        <div class="actions">
          <a class="button" href={linkTo("failures", showsAll ? {} : { dismissed: "yes" })}>
            {showsAll ? "Hide dismissed" : "Include dismissed"}
          </a>
        </div>
      </div>
      {refusal !== null && (
        <p class="error-text" role="alert">
          {refusal.message}
        </p>
      )}
      {found !== null && groups.length === 0 && (
        <div class="empty">
          <h2>No failures</h2>
          <p>{messages.whatAppearsHere}</p>
        </div>
      )}
      <ul class="cards">
        {groups.map((group) => (
          <Cause key={keyOf(group)} group={group} onDone={refresh} />
        ))}
      </ul>
      {found?.complete === false && <p class="hint">{messages.moreThanCounted}</p>}
    </>
  );
}

function keyOf({ error_code, stage, undelivered }: FailureGroup): string {
  return [error_code, stage, ...undelivered].join(" ");
}

function Cause({ group, onDone }: { readonly group: FailureGroup; readonly onDone: () => void }) {
  const { error_code, stage, undelivered, message, count, first_seen, last_seen, clients, dismissed } = group;
  const fields = { status: "failed", error_code, undelivered: undelivered.join(",") };
  const where = undelivered.length === 0 ? "" : ` to ${undelivered.join(" and ")}`;
  return (
    <li class="card">
      <h2 class="plain">
        <code>{error_code}</code> {STAGE_WORDS[stage]}
        {where}
      </h2>
      <p class="long">{message}</p>
      <p class="second">
        {many(count, "job")}
        {count === 1 ? (
          <>
            , <Ago at={last_seen} />
          </>
        ) : (
          <>
            , first <Ago at={first_seen} />, last <Ago at={last_seen} />
          </>
        )}
        {seesAll && clients.length > 0 && <>, of {clients.join(", ")}</>}
        {dismissed !== null && (
          <>
            , dismissed <Ago at={dismissed.at} /> by {dismissed.by}
          </>
        )}
      </p>
      <div class="actions">
        <a class="button small" href={linkTo("jobs", fields)}>
          <span>
            Show the {count === 1 ? "job" : "jobs"}
            <span class="visually-hidden"> of {error_code}</span>
          </span>
        </a>
        {maySubmit && (
          <button type="button" class="button small" onClick={() => retry(group, fields, onDone)}>
            <RetryIcon />
            <span>
              Retry {many(count, "job")}
              <span class="visually-hidden"> of {error_code}</span>
            </span>
          </button>
        )}
        {maySubmit && dismissed === null && (
          <button type="button" class="button small" onClick={() => dismiss(group, onDone)}>
            <span>
              Dismiss<span class="visually-hidden"> {error_code}</span>
            </span>
          </button>
        )}
      </div>
    </li>
  );
}

async function retry(
  { count, error_code }: FailureGroup,
  fields: Readonly<Record<string, string>>,
  onDone: () => void,
): Promise<void> {
  const sure = await confirmed({
    title: `Retry ${many(count, "job")}?`,
    body: <p>{messages.retryConsequence(<code>{error_code}</code>)}</p>,
    action: "Retry them",
  });
  if (!sure) return;
  try {
    const { retried } = await post<{ readonly retried: number }>("api/jobs/retry", fields);
    notify(`${many(retried, "job")} queued again`);
    onDone();
  } catch (error) {
    notifyError(error);
  }
}

async function dismiss({ error_code, stage, undelivered }: FailureGroup, onDone: () => void): Promise<void> {
  try {
    await post("api/failures/dismiss", { error_code, stage, undelivered });
    notify(messages.dismissed(error_code));
    onDone();
  } catch (error) {
    notifyError(error);
  }
}
