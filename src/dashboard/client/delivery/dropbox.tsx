import { useEffect, useState } from "preact/hooks";
import { go, linkTo, type PageProps } from "../address.ts";
import { get, post, Refusal } from "../api.ts";
import { onSync } from "../live.ts";
import { confirmed } from "../parts/confirm.tsx";
import { Copy } from "../parts/copy.tsx";
import { Field } from "../parts/field.tsx";
import { notify, notifyError } from "../parts/notices.tsx";
import { Ago } from "../parts/time.tsx";
import type { DropboxState } from "../responses.ts";
import { mayOperate } from "../viewer.ts";
import { messages } from "./messages.tsx";

interface Begun {
  readonly url: string;
  readonly state: string;
}

/** What Dropbox sent the browser back with. */
function cameBack(query: PageProps["query"]) {
  const [state, code, error] = [query.get("state"), query.get("code"), query.get("error")];
  return state === null || (code === null && error === null) ? null : { state, code, error };
}

/** Links the Dropbox that reports go to, in the browser: by Dropbox's own page, and back from it or with a code. */
export function Dropbox({ query, onLinked }: { readonly query: PageProps["query"]; readonly onLinked: () => void }) {
  const [found, setFound] = useState<DropboxState | null>(null);
  const [begun, setBegun] = useState<Begun | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const [appKey, setAppKey] = useState<string | null>(null);

  const doing = async (work: () => Promise<void>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await work();
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
      // A code is good once; where Dropbox is down it may be sent again.
      if (error instanceof Refusal && (error.status === 409 || error.status === 422)) setBegun(null);
    } finally {
      setBusy(false);
    }
  };
  const finish = (state: string, code: string) =>
    doing(async () => {
      const now = await post<DropboxState>("api/dropbox/link/finish", { state, code });
      setFound(now);
      setBegun(null);
      notify(`Linked to ${now.linked?.account ?? "Dropbox"}`);
      onLinked();
    });

  // Once, with what the address had when the page was opened.
  useEffect(() => {
    const controller = new AbortController();
    let failed: Refusal | null = null;
    const read = () =>
      get<DropboxState>("api/dropbox", controller.signal).then(
        (response) => {
          setFound(response);
          setRefusal((shown) => (shown === failed ? null : shown));
          failed = null;
        },
        (error) => {
          if (controller.signal.aborted) return;
          failed = error instanceof Refusal ? error : new Refusal(0, String(error));
          setRefusal(failed);
        },
      );
    const first = read();
    const stop = onSync(() => void (failed !== null && read()));
    const back = cameBack(query);
    if (back !== null) {
      // The code is for this once: neither the history nor a shared address shall have it.
      go(linkTo("delivery"), { replace: true });
      // After the state from before the link, which would else be shown in its place.
      if (back.code !== null) void first.then(() => finish(back.state, back.code ?? ""));
      else setRefusal(new Refusal(0, `${DENIED[back.error ?? ""] ?? messages.notLinked} ${UNCHANGED}`));
    }
    return () => {
      controller.abort();
      stop();
    };
  }, []);

  if (found === null) return refusal === null ? null : <p class="error-text">{refusal.message}</p>;
  return (
    <section class="panel" aria-labelledby="dropbox">
      <h2 id="dropbox">Dropbox</h2>
      <Account found={found} />
      {refusal !== null && refusal.problems.length === 0 && (
        <p class="error-text" role="alert">
          {refusal.message}
        </p>
      )}
      {mayOperate && begun === null && (
        <Begin
          found={found}
          appKey={appKey ?? found.app_key ?? ""}
          onAppKey={setAppKey}
          busy={busy}
          refusal={refusal}
          onBegin={(key, redirect) =>
            doing(async () => {
              const next = await post<Begun>("api/dropbox/link", { redirect, ...(key && { app_key: key }) });
              if (redirect) location.assign(next.url);
              else setBegun(next);
            })
          }
        />
      )}
      {begun !== null && (
        <Finish begun={begun} busy={busy} onCode={(code) => finish(begun.state, code)} onStop={() => setBegun(null)} />
      )}
      {mayOperate && begun === null && found.linked !== null && (
        <button type="button" class="button small" disabled={busy} onClick={() => unlink(found, setFound, onLinked)}>
          Unlink…
        </button>
      )}
    </section>
  );
}

const DENIED: Readonly<Record<string, string>> = {
  access_denied: messages.accessDenied,
  temporarily_unavailable: messages.unavailable,
};
const UNCHANGED = messages.nothingChanged;

function Account({ found: { linked, in_settings } }: { readonly found: DropboxState }) {
  if (linked === null) return <p>{in_settings ? messages.accountInSettings : messages.noAccount}</p>;
  return (
    <p>
      Linked to <strong>{linked.account ?? "an account"}</strong> by {linked.by}, <Ago at={linked.at} />.
      {in_settings && ` ${messages.settingsAccountUnused}`}
    </p>
  );
}

interface BeginProps {
  readonly found: DropboxState;
  readonly appKey: string;
  readonly onAppKey: (appKey: string) => void;
  readonly busy: boolean;
  readonly refusal: Refusal | null;
  readonly onBegin: (appKey: string, redirect: boolean) => void;
}

function Begin({ found: { redirect_uri, linked }, appKey, onAppKey, busy, refusal, onBegin }: BeginProps) {
  const keyProblem = refusal?.problems.find(({ parameter }) => parameter === "app_key")?.message;
  const word = linked === null ? "Link Dropbox" : "Link another account";
  const begin = (event: SubmitEvent) => {
    event.preventDefault();
    onBegin(appKey.trim(), redirect_uri !== null && (event.submitter as HTMLButtonElement | null)?.value !== "code");
  };
  return (
    <form class="form" onSubmit={begin} noValidate>
      <Field label="App key" hint={messages.whereAppKeyIs} error={keyProblem}>
        {(attributes) => (
          <input
            {...attributes}
            value={appKey}
            autocomplete="off"
            spellcheck={false}
            maxLength={64}
            onInput={({ currentTarget }) => onAppKey(currentTarget.value)}
          />
        )}
      </Field>
      <div class="actions">
        <button type="submit" class="button primary" disabled={busy} value="redirect">
          {word}
        </button>
        {redirect_uri !== null && (
          <button type="submit" class="button" disabled={busy} value="code">
            {messages.useCode}
          </button>
        )}
      </div>
      {redirect_uri !== null && (
        <p class="hint">
          {messages.redirectNeeded} <code>{redirect_uri}</code> <Copy text={redirect_uri} what="the redirect URI" />
        </p>
      )}
    </form>
  );
}

interface FinishProps {
  readonly begun: Begun;
  readonly busy: boolean;
  readonly onCode: (code: string) => void;
  readonly onStop: () => void;
}

function Finish({ begun, busy, onCode, onStop }: FinishProps) {
  const [code, setCode] = useState("");
  return (
    <form
      class="form inline"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (code.trim() !== "") onCode(code);
      }}
    >
      <p>
        <a class="button" href={begun.url} target="_blank" rel="noopener noreferrer">
          Open Dropbox
        </a>{" "}
        {messages.howToGetCode}
      </p>
      <Field label="Code" hint={messages.codeWorksOnce}>
        {(attributes) => (
          <input
            {...attributes}
            value={code}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => setCode(currentTarget.value)}
          />
        )}
      </Field>
      <div class="actions">
        <button type="submit" class="button primary" disabled={busy || code.trim() === ""}>
          Finish
        </button>
        <button type="button" class="button" disabled={busy} onClick={onStop}>
          Cancel
        </button>
      </div>
    </form>
  );
}

async function unlink(
  { linked, in_settings }: DropboxState,
  setFound: (now: DropboxState) => void,
  onUnlinked: () => void,
) {
  const sure = await confirmed({
    title: `Unlink ${linked?.account ?? "Dropbox"}?`,
    body: (
      <p>
        {in_settings ? messages.backToSettingsAccount : messages.noLongerToDropbox} {messages.filesStay}
      </p>
    ),
    action: "Unlink it",
    dangerous: true,
  });
  if (!sure) return;
  try {
    setFound(await post<DropboxState>("api/dropbox/unlink"));
    notify("Dropbox is unlinked");
    onUnlinked();
  } catch (error) {
    notifyError(error);
  }
}
