/*
 * The page of keys: create, show once, revoke.
 * What each scope allows is shown beside its choice.
 * Not here: other pages.
 */

import { patch, remove } from "../api.ts";
import { confirmed } from "../parts/confirm.tsx";
import { notify, notifyError } from "../parts/notices.tsx";
import { Ago } from "../parts/time.tsx";
import type { ShownKey } from "../responses.ts";
import { useResponse } from "../use-response.ts";
import { mayOperate, viewer } from "../viewer.ts";
import { messages } from "./messages.tsx";
import { NewKey } from "./new-key.tsx";
import { SCOPE_WORDS } from "./scopes.ts";

/** Who may call: keys made, examined and revoked. */
export function Page() {
  const { found, refusal, refresh } = useResponse<{ readonly keys: readonly ShownKey[] }>(
    mayOperate ? "api/keys" : null,
  );
  if (!mayOperate) return <p class="empty">{messages.adminsOnly}</p>;
  const keys = found?.keys ?? null;
  const active = keys?.filter(({ revoked_at }) => revoked_at === null) ?? [];
  const revoked = keys?.filter(({ revoked_at }) => revoked_at !== null) ?? [];
  return (
    <>
      <div class="heading">
        <h1>Keys</h1>
        <span class="count">{keys === null ? "" : `${active.length} in use`}</span>
      </div>
      {refusal !== null && (
        <p class="error-text" role="alert">
          {refusal.message}
        </p>
      )}
      {/* What may be chosen depends on whether there are keys. */}
      {keys !== null && <NewKey isFirst={keys.length === 0} onMade={refresh} />}
      {active.length > 0 && <KeyTable caption="Keys in use" keys={active} onRevoked={refresh} />}
      {revoked.length > 0 && (
        <details class="more">
          <summary>Revoked ({revoked.length})</summary>
          <KeyTable caption="Revoked keys" keys={revoked.toReversed()} onRevoked={refresh} />
        </details>
      )}
    </>
  );
}

interface KeyTableProps {
  readonly caption: string;
  readonly keys: readonly ShownKey[];
  readonly onRevoked: () => void;
}

function KeyTable({ caption, keys, onRevoked }: KeyTableProps) {
  return (
    <table class="card-table">
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Client</th>
          <th scope="col">Scope</th>
          <th scope="col">Rate</th>
          <th scope="col">Priority</th>
          <th scope="col">Quota</th>
          <th scope="col">Created</th>
          <th scope="col">Last used</th>
          <th scope="col">
            <span class="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <th scope="row">
              <strong>{key.name}</strong> <code class="second">{key.id}</code>
            </th>
            <td data-label="Scope" title={SCOPE_WORDS[key.scope]}>
              {key.scope}
            </td>
            <td data-label="Rate">{key.rate ?? "the service's"}</td>
            <td data-label="Priority">{key.max_priority === 9 ? "any" : `${key.max_priority} at most`}</td>
            <td data-label="Quota">
              {key.revoked_at === null ? <Quota of={key} onChanged={onRevoked} /> : (key.quota ?? "none")}
            </td>
            <td data-label="Created">
              <Ago at={key.created_at} />
            </td>
            <td data-label="Last used">{key.last_used_at === null ? "never" : <Ago at={key.last_used_at} />}</td>
            <td class="end">
              {key.revoked_at === null ? (
                <button
                  type="button"
                  class="button small"
                  aria-label={messages.revokeLabel(key.id, key.name)}
                  onClick={() => revoke(key, onRevoked)}
                >
                  Revoke
                </button>
              ) : (
                <span class="second">
                  revoked <Ago at={key.revoked_at} />
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How many reports the client may request; written over, it is set when one leaves the field. */
function Quota({ of: key, onChanged }: { readonly of: ShownKey; readonly onChanged: () => void }) {
  const set = async (field: HTMLInputElement) => {
    const quota = field.value.trim() || null;
    if (quota === key.quota) return;
    try {
      await patch(`api/keys/${key.id}`, { quota });
      notify(`${key.name}: ${quota === null ? "no quota" : `a quota of ${quota}`}`);
      onChanged();
    } catch (error) {
      field.value = key.quota ?? "";
      notifyError(error);
    }
  };
  return (
    <input
      class="small"
      aria-label={messages.quotaLabel(key.id, key.name)}
      defaultValue={key.quota ?? ""}
      placeholder="none"
      size={12}
      autocomplete="off"
      spellcheck={false}
      onChange={({ currentTarget }) => set(currentTarget)}
    />
  );
}

async function revoke(key: ShownKey, onRevoked: () => void): Promise<void> {
  const sure = await confirmed({
    title: messages.revokeTitle(key.name),
    body: (
      <p>
        {messages.revokeConsequence(key.name)} {key.name === viewer.client ? messages.signsYouOut : ""}
      </p>
    ),
    action: "Revoke the key",
    dangerous: true,
  });
  if (!sure) return;
  try {
    await remove(`api/keys/${key.id}`);
    notify(messages.revoked(key.id, key.name));
    onRevoked();
  } catch (error) {
    notifyError(error);
  }
}
