/*
 * The page of deliveries: targets, the linked Dropbox account, and callbacks, each with its state.
 * A target can be tested here and an account linked.
 * Not here: other pages.
 */

import { linkTo, type PageProps } from "../address.ts";
import { post } from "../api.ts";
import { notify, notifyError } from "../parts/notices.tsx";
import { Ago } from "../parts/time.tsx";
import type { Deliveries } from "../responses.ts";
import { useResponse } from "../use-response.ts";
import { mayOperate, seesAll } from "../viewer.ts";
import { many, timesIn } from "../words.ts";
import { Dropbox } from "./dropbox.tsx";
import { messages } from "./messages.tsx";

const POLL_EVERY_MS = 5_000;

/** Where reports and callbacks go, and how that is going. */
export function Page({ query }: PageProps) {
  const { found, refusal, refresh } = useResponse<Deliveries>(seesAll ? "api/deliveries" : null, (read) => {
    const timer = setInterval(() => document.hidden || read(), POLL_EVERY_MS);
    return () => clearInterval(timer);
  });
  if (!seesAll) return <p class="empty">{messages.adminsAndViewersOnly}</p>;
  return (
    <>
      <div class="heading">
        <h1>Delivery</h1>
        {found !== null && found.waiting > 0 && (
          <a href={linkTo("jobs", { status: "waiting" })}>
            {many(found.waiting, "job")} {messages.waitingForAttempt}
          </a>
        )}
      </div>
      {refusal !== null && (
        <p class="error-text" role="alert">
          {refusal.message}
        </p>
      )}
      <ul class="cards">
        {found?.targets.map((target) => (
          <Target key={target.target} target={target} onDone={refresh} />
        ))}
      </ul>
      <Dropbox query={query} onLinked={refresh} />
      {found !== null && <Callbacks hosts={found.callbacks} onDone={refresh} />}
    </>
  );
}

function Target({ target, onDone }: { readonly target: Deliveries["targets"][number]; readonly onDone: () => void }) {
  const { target: name, problem, last_success_at, last_failure_at, failing_since, failures, last_error } = target;
  const test = async () => {
    try {
      const { ok, problem: found } = await post<{ readonly ok: boolean; readonly problem: string | null }>(
        `api/deliveries/${encodeURIComponent(name)}/test`,
      );
      if (ok) notify(messages.targetTested(name));
      else notifyError(new Error(`${name}: ${found}`));
      onDone();
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <li class="card">
      <h2 class="plain">{name}</h2>
      {problem !== null && <p class="error-text">{timesIn(problem)}</p>}
      {failing_since !== null && (
        <p class="error-text">
          {many(failures, "delivery", "deliveries")} failed since <Ago at={failing_since} />
          {last_error === null ? "" : `: ${timesIn(last_error)}`}
        </p>
      )}
      <p class="second">
        {messages.lastSuccess(last_success_at === null ? "never" : <Ago at={last_success_at} />)}{" "}
        {last_failure_at === null ? "never" : <Ago at={last_failure_at} />}
      </p>
      <div class="actions">
        {mayOperate && (
          <button type="button" class="button small" onClick={test}>
            <span>
              Test now<span class="visually-hidden"> {name}</span>
            </span>
          </button>
        )}
        <a class="button small" href={linkTo("jobs", { status: "failed", undelivered: name })}>
          <span>
            Failed jobs<span class="visually-hidden"> {messages.targetLacks(name)}</span>
          </span>
        </a>
      </div>
    </li>
  );
}

function Callbacks({ hosts, onDone }: { readonly hosts: Deliveries["callbacks"]; readonly onDone: () => void }) {
  const resend = async (host: string) => {
    try {
      const { resent } = await post<{ readonly resent: number }>("api/callbacks/resend", { host });
      notify(`${many(resent, "callback")} to ${host} sent again`);
      onDone();
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <section class="panel" aria-labelledby="callbacks">
      <h2 id="callbacks">Callbacks</h2>
      {hosts.length === 0 ? (
        <p>{messages.noCallbackPending}</p>
      ) : (
        <table class="plain-table">
          <caption class="visually-hidden">{messages.callbacksByHost}</caption>
          <thead>
            <tr>
              <th scope="col">Host</th>
              <th scope="col">Pending</th>
              <th scope="col">Failing</th>
              <th scope="col">Since</th>
              <th scope="col">Why</th>
              <th scope="col">
                <span class="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {hosts.map(({ host, pending, failing, failing_since, error }, at) => (
              <tr key={host ?? at}>
                <th scope="row" class="long">
                  {host ?? "A receiver"}
                </th>
                <td data-label="Pending">{pending}</td>
                <td data-label="Failing">{failing}</td>
                <td data-label="Since">{failing_since === null ? "" : <Ago at={failing_since} />}</td>
                <td data-label="Why" class="long">
                  {error}
                </td>
                <td class="end">
                  {mayOperate && host !== null && failing > 0 && (
                    <button type="button" class="button small" onClick={() => resend(host)}>
                      <span>
                        Send all again<span class="visually-hidden"> to {host}</span>
                      </span>
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
