import { useEffect, useState } from "preact/hooks";
import { linkTo, pageAddress } from "../address.ts";
import { get, put, remove } from "../api.ts";
import { CloseIcon } from "../parts/icons.tsx";
import { notify, notifyError } from "../parts/notices.tsx";
import type { SavedView } from "../responses.ts";
import { maySubmit } from "../viewer.ts";
import { isNarrowed, type JobListFilter } from "./filter.ts";
import { messages } from "./messages.tsx";

/** Lists of jobs that were saved under a name: each is an address of this page, stored by the service. */
export function Views({ filter }: { readonly filter: JobListFilter }) {
  const [views, setViews] = useState<readonly SavedView[]>([]);
  const [naming, setNaming] = useState(false);
  const read = () =>
    get<{ readonly views: readonly SavedView[] }>("api/views").then(
      (response) => setViews(response.views),
      // The list can be used without them.
      () => {},
    );
  useEffect(() => void read(), []);
  const address = pageAddress.value.query.toString();
  const maySave = maySubmit && isNarrowed(filter);
  if (views.length === 0 && !maySave) return null;

  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget as HTMLFormElement);
    const name = String(given.get("name")).trim();
    if (name === "") return notifyError(messages.viewNameNeeded);
    try {
      await put(`api/views/${encodeURIComponent(name)}`, { query: address, shared: given.get("shared") !== null });
      notify(`View “${name}” saved`);
      setNaming(false);
      await read();
    } catch (error) {
      notifyError(error);
    }
  };
  const forget = async ({ name }: SavedView) => {
    try {
      await remove(`api/views/${encodeURIComponent(name)}`);
      notify(`View “${name}” removed`);
      await read();
    } catch (error) {
      notifyError(error);
    }
  };
  return (
    <section class="views" aria-label="Saved views">
      {views.map((view) => (
        <span key={`${view.shared} ${view.name}`} class="view">
          <a
            class="button small"
            href={linkTo("jobs", Object.fromEntries(new URLSearchParams(view.query)))}
            aria-current={view.query === address ? "true" : undefined}
            title={view.shared ? `Shared by ${view.by}` : undefined}
          >
            {view.name}
          </a>
          {maySubmit && view.query === address && (
            <button
              type="button"
              class="quiet"
              aria-label={`Remove the view ${view.name}`}
              onClick={() => forget(view)}
            >
              <CloseIcon />
            </button>
          )}
        </span>
      ))}
      {maySave && !naming && (
        <button type="button" class="button small" onClick={() => setNaming(true)}>
          Save this view
        </button>
      )}
      {maySave && naming && (
        <form class="naming" onSubmit={save}>
          <label>
            <span class="visually-hidden">{messages.viewName}</span>
            {/* biome-ignore lint/a11y/noAutofocus: the person has just asked for it */}
            <input name="name" required maxLength={60} placeholder={messages.viewName} autocomplete="off" autoFocus />
          </label>
          <label class="check">
            <input type="checkbox" name="shared" /> For all clients
          </label>
          <button type="submit" class="button small primary">
            Save
          </button>
          <button type="button" class="button small" onClick={() => setNaming(false)}>
            Not now
          </button>
        </form>
      )}
    </section>
  );
}
