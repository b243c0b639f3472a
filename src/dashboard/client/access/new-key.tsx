import { useState } from "preact/hooks";
import { at } from "../address.ts";
import { post, Refusal } from "../api.ts";
import { Copy } from "../parts/copy.tsx";
import { Field } from "../parts/field.tsx";
import { Modal } from "../parts/modal.tsx";
import type { ShownKey } from "../responses.ts";
import { viewer } from "../viewer.ts";
import { messages } from "./messages.tsx";
import { SCOPE_WORDS } from "./scopes.ts";

interface NewKeyProps {
  /** From the first on every request needs one. */
  readonly isFirst: boolean;
  readonly onMade: () => void;
}

interface CreatedKey {
  readonly key: ShownKey;
  readonly secret: string;
}

/** Makes a key, and shows its secret: the only time that it is visible. */
export function NewKey({ isFirst, onMade }: NewKeyProps) {
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedKey | null>(null);
  const errorOf = (name: string) => refusal?.problems.find(({ parameter }) => parameter === name)?.message;

  const make = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const { name, scope, rate, max_priority, quota } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    setMaking(true);
    setRefusal(null);
    try {
      const limits = { rate: rate?.trim() || null, quota: quota?.trim() || null };
      const request = { name: name?.trim(), scope, ...limits, max_priority: Number(max_priority) };
      setMade(await post<CreatedKey>("api/keys", request));
      form.reset();
      // The first key locks out a browser without one: the list is requested once one is signed in.
      if (!isFirst) onMade();
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
    } finally {
      setMaking(false);
    }
  };
  const placed = ["name", "scope", "rate", "max_priority", "quota"].some((name) => errorOf(name) !== undefined);
  return (
    <section class="panel" aria-labelledby="new-key">
      <h2 id="new-key">{isFirst ? messages.createFirstKey : "Create a key"}</h2>
      {isFirst && <p>{messages.noKeyYet}</p>}
      <form class="form inline" onSubmit={make} noValidate>
        <Field label="Client" hint={messages.sameNameSharesJobs} error={errorOf("name")}>
          {(attributes) => (
            <input {...attributes} name="name" required autocomplete="off" spellcheck={false} maxLength={64} />
          )}
        </Field>
        <Field label="Scope" error={errorOf("scope")}>
          {(attributes) => (
            <select {...attributes} name="scope">
              {Object.entries(SCOPE_WORDS)
                .filter(([scope]) => !isFirst || scope === "admin")
                .map(([scope, words]) => (
                  <option key={scope} value={scope}>
                    {scope}: {words}
                  </option>
                ))}
            </select>
          )}
        </Field>
        <Field label="Rate" hint={messages.rateExample} optional error={errorOf("rate")}>
          {(attributes) => <input {...attributes} name="rate" autocomplete="off" spellcheck={false} />}
        </Field>
        <Field label="Quota" hint={messages.quotaExample} optional error={errorOf("quota")}>
          {(attributes) => <input {...attributes} name="quota" autocomplete="off" spellcheck={false} />}
        </Field>
        <Field label="Highest priority" error={errorOf("max_priority")}>
          {(attributes) => (
            <select {...attributes} name="max_priority">
              {[9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((each) => (
                <option key={each} value={each}>
                  {each === 9 ? "9, any" : each}
                </option>
              ))}
            </select>
          )}
        </Field>
        {refusal !== null && !placed && (
          <p class="error-text" role="alert">
            {refusal.message}
          </p>
        )}
        <button type="submit" class="button primary" disabled={making}>
          {making ? "Creating…" : "Create the key"}
        </button>
      </form>
      {made !== null && <Shown made={made} isFirst={!viewer.signedIn} onClose={() => setMade(null)} />}
    </section>
  );
}

function Shown({
  made,
  isFirst,
  onClose,
}: {
  readonly made: CreatedKey;
  readonly isFirst: boolean;
  readonly onClose: () => void;
}) {
  const leave = () => (isFirst ? location.assign(at("sign-in")) : onClose());
  return (
    <Modal title={`The key of ${made.key.name}`} onClose={leave}>
      <div class="prose">
        <p>{messages.copyNow}</p>
        <div class="command">
          <pre>
            <code>{made.secret}</code>
          </pre>
          <Copy text={made.secret} what="key" />
        </div>
        {isFirst && <p>{messages.keyNeededFromNow}</p>}
      </div>
      <div class="actions end">
        {isFirst ? (
          <form method="post" action={at("sign-in")}>
            <input type="hidden" name="key" value={made.secret} />
            <button type="submit" class="button primary">
              {messages.copiedSignIn}
            </button>
          </form>
        ) : (
          <button type="button" class="button primary" onClick={onClose}>
            {messages.copied}
          </button>
        )}
      </div>
    </Modal>
  );
}
