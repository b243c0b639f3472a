import { CloseIcon, DocumentIcon, RetryIcon } from "../parts/icons.tsx";
import { maySubmit } from "../viewer.ts";
import { many } from "../words.ts";
import type { JobListFilter } from "./filter.ts";
import type { JobRows } from "./list.ts";
import { actOn, zipOf } from "./many.tsx";
import { messages } from "./messages.tsx";
import { picked, picksAll, unpick } from "./selection.ts";

/** What can be done to the rows that are picked. */
export function SelectionBar({ filter, rows }: { readonly filter: JobListFilter; readonly rows: JobRows }) {
  const count = picked.value.size;
  if (count === 0 && !picksAll.value) return null;
  const zip = zipOf(filter);
  const isMore = rows.phase.value !== "all" || rows.jobs.value.length > count;
  return (
    <section class="bar" aria-label="Selected jobs">
      <output>{picksAll.value ? messages.allSelected : `${many(count, "job")} selected`}</output>
      {!picksAll.value && isMore && (
        <button
          type="button"
          class="button small"
          onClick={() => {
            picksAll.value = true;
          }}
        >
          {messages.selectAll}
        </button>
      )}
      <div class="actions">
        {maySubmit && (
          <>
            <button type="button" class="button small" onClick={() => actOn(filter, "retry")}>
              <RetryIcon />
              Retry
            </button>
            <button type="button" class="button small" onClick={() => actOn(filter, "cancel")}>
              <CloseIcon />
              Cancel
            </button>
            <button type="button" class="button small" onClick={() => actOn(filter, "delete")}>
              Delete
            </button>
          </>
        )}
        {zip !== null && (
          <a class="button small" href={zip} download>
            <DocumentIcon />
            Download PDFs
          </a>
        )}
        <button type="button" class="button small" onClick={() => unpick()}>
          Select none
        </button>
      </div>
    </section>
  );
}
