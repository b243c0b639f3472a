import { useState } from "preact/hooks";
import { linkTo } from "../address.ts";
import { post } from "../api.ts";
import { undoImport } from "../catalogue/changes.tsx";
import { FileButton } from "../catalogue/file-button.tsx";
import { changeWords } from "../catalogue/words.ts";
import { notify, notifyError } from "../parts/notices.tsx";
import type { ImportedFile } from "../responses.ts";
import { many } from "../words.ts";
import { messages } from "./messages.tsx";

/** The result of an import, and what can be done now that the data is there. */
export function Done({ file, name }: { readonly file: ImportedFile; readonly name: string }) {
  const [undone, setUndone] = useState(false);
  const gained = changeWords(file.changes) ?? "nothing new";
  const { import_id: id } = file;
  return (
    <>
      <section class="callout good" aria-labelledby="done">
        <h2 id="done">{undone ? messages.undone : "Imported"}</h2>
        <p class="long">
          <output>
            {name}: {undone ? messages.catalogueAsBefore : gained}.
          </output>
        </p>
        <div class="actions">
          <a class="button primary" href={linkTo("catalogue")}>
            See the catalogue
          </a>
          <FileButton label="Import another file" />
          {id !== null && !undone && (
            <button
              type="button"
              class="button"
              onClick={async () => void ((await undoImport(id, gained)) && setUndone(true))}
            >
              Undo
            </button>
          )}
        </div>
      </section>
      {!undone && <Failed jobs={file.failed_jobs} />}
    </>
  );
}

/** Reports that failed for lack of data that exists now. */
function Failed({ jobs }: { readonly jobs: ImportedFile["failed_jobs"] }) {
  const [retried, setRetried] = useState<ReadonlySet<string>>(new Set());
  if (jobs.length === 0) return null;
  const left = jobs.filter(({ job_id }) => !retried.has(job_id));
  const retry = async (ids: readonly string[]) => {
    const queued: string[] = [];
    for (const id of ids) {
      try {
        await post(`api/jobs/${id}/retry`);
        queued.push(id);
      } catch (error) {
        notifyError(error);
        break;
      }
    }
    setRetried((before) => new Set([...before, ...queued]));
    if (queued.length > 0) notify(`${many(queued.length, "report")} queued again`);
  };
  return (
    <section class="panel" aria-labelledby="failed-jobs">
      <h2 id="failed-jobs">{messages.failedForLackOfData}</h2>
      <ul class="dots">
        {jobs.map(({ job_id, suburb, state }) => (
          <li key={job_id}>
            <a href={linkTo(`jobs/${job_id}`)}>
              {suburb} {state}
            </a>{" "}
            {retried.has(job_id) && <span class="second">queued again</span>}
          </li>
        ))}
      </ul>
      {left.length > 0 && (
        <button type="button" class="button" onClick={() => void retry(left.map(({ job_id }) => job_id))}>
          Try {left.length === 1 ? "it" : `all ${left.length}`} again
        </button>
      )}
    </section>
  );
}
