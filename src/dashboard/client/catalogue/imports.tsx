import { Ago } from "../parts/time.tsx";
import type { Imports } from "../responses.ts";
import { mayOperate } from "../viewer.ts";
import { undoImport } from "./changes.tsx";
import { messages } from "./messages.tsx";
import { changeWords, rowsOf } from "./words.ts";

const FIRST = 10;

interface ImportListProps {
  readonly imports: Imports;
  readonly all: boolean;
  readonly onAll: () => void;
  readonly onChange: () => void;
}

/** What was imported or removed, the latest first, each of which can be undone. */
export function ImportList({ imports, all, onAll, onChange }: ImportListProps) {
  const shown = all ? imports : imports.slice(0, FIRST);
  return (
    <section class="panel" aria-labelledby="imports">
      <h2 id="imports">Imports</h2>
      {imports.length === 0 ? (
        <p class="hint">{messages.nothingImported}</p>
      ) : (
        <ul class="imports">
          {shown.map((each) => {
            const what = wordsOf(each);
            return (
              <li key={each.id} class={each.undone_at === null ? undefined : "undone"}>
                <span class="second figure">{each.id}</span>
                <div>
                  <span class="long">
                    {each.files.join(", ") || (isRemoval(each) ? "Removed manually" : "Rows sent in")}
                  </span>
                  <span class="second long">
                    {what} · {each.actor === "operator" ? "the command line" : each.actor} · <Ago at={each.at} />
                  </span>
                </div>
                {each.undone_at !== null ? (
                  <span class="second">
                    undone <Ago at={each.undone_at} />
                  </span>
                ) : (
                  mayOperate &&
                  each.changes !== null && (
                    <button
                      type="button"
                      class="button small"
                      aria-label={`Undo import ${each.id}`}
                      onClick={async () => void ((await undoImport(each.id, what)) && onChange())}
                    >
                      Undo
                    </button>
                  )
                )}
              </li>
            );
          })}
        </ul>
      )}
      {!all && imports.length > FIRST && (
        <button type="button" class="button small" onClick={onAll}>
          Show {imports.length - FIRST} more
        </button>
      )}
    </section>
  );
}

function wordsOf({ changes, rows }: Imports[number]): string {
  if (changes !== null) return changeWords(changes) ?? "nothing new";
  return Object.entries(rows)
    .map(([kind, count]) => rowsOf(kind, count))
    .join(", ");
}

function isRemoval({ changes, rows }: Imports[number]): boolean {
  return Object.keys(rows).length === 0 && Object.values(changes ?? {}).some(({ removed }) => removed > 0);
}
