/*
 * The page of the catalogue: its suburbs, the sample, the list of imports and how to undo one.
 * What other pages show of the catalogue (words, the mark of a report, the chosen file) is here, too.
 * Not here: other pages.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { go, linkTo, type PageProps } from "../address.ts";
import { get } from "../api.ts";
import { onSync } from "../live.ts";
import { notifyError } from "../parts/notices.tsx";
import type { Imports, ShownLocalities, ShownLocality } from "../responses.ts";
import { mayOperate } from "../viewer.ts";
import { many } from "../words.ts";
import { clearAll } from "./changes.tsx";
import { FileButton } from "./file-button.tsx";
import { ImportList } from "./imports.tsx";
import { LocalitiesTable } from "./localities.tsx";
import { messages } from "./messages.tsx";
import { useDrop } from "./picked.ts";
import { Sample } from "./sample.tsx";
import { rowsOf } from "./words.ts";

const TYPING_MS = 200;

/** What data there is, locality by locality; where it came from, and how it is undone. */
export function Page({ query }: PageProps) {
  const q = query.get("q") ?? "";
  const [revision, setRevision] = useState(0);
  const { response, localities, more, problem } = useLocalities(q, revision);
  const imports = useImports(revision);
  const [allImports, setAllImports] = useState(false);
  const over = useDrop(mayOperate);
  const again = () => setRevision((before) => before + 1);
  useEffect(() => onSync(again), []);
  const isEmpty = response !== null && response.total === 0 && q === "";
  return (
    <>
      <div class="heading">
        <h1>Catalogue</h1>
        {response !== null && response.total > 0 && <span class="count">{totalsOf(response, q)}</span>}
        {mayOperate && !isEmpty && (
          <div class="actions">
            <FileButton label="Import a file" primary />
            <button type="button" class="button" onClick={async () => void ((await clearAll()) && again())}>
              Remove everything…
            </button>
          </div>
        )}
      </div>
      <Sample onChange={again} />
      {problem !== null && (
        <p class="error-text" role="alert">
          {problem}
        </p>
      )}
      {isEmpty ? (
        <Empty />
      ) : (
        <>
          <Search q={q} />
          {response === null ? (
            <p class="hint loading">Loading…</p>
          ) : localities.length === 0 ? (
            <div class="empty">
              <h2>No suburb matches</h2>
              <p>{messages.howToSearch}</p>
            </div>
          ) : (
            <LocalitiesTable localities={localities} />
          )}
          {more !== null && (
            <p>
              <button type="button" class="button" onClick={more}>
                Show more ({many((response?.total ?? 0) - localities.length, "suburb")} left)
              </button>
            </p>
          )}
        </>
      )}
      {imports !== null && (
        <ImportList imports={imports} all={allImports} onAll={() => setAllImports(true)} onChange={again} />
      )}
      {over && <DropHint />}
    </>
  );
}

function totalsOf({ total, totals }: ShownLocalities, q: string): string {
  if (q !== "") return `${many(total, "suburb")} found`;
  const rows = (["sales", "listings", "agents", "agencies"] as const)
    .filter((kind) => (totals[kind] ?? 0) > 0)
    .map((kind) => rowsOf(kind, totals[kind] ?? 0));
  return [many(total, "suburb"), ...rows].join(" · ");
}

/** Shown over the page while a file is dragged over it. */
export function DropHint() {
  return (
    <div class="drop-hint" aria-hidden="true">
      {messages.dropToCheck}
    </div>
  );
}

function Empty() {
  return (
    <div class="empty">
      <h2>No data yet</h2>
      {mayOperate ? (
        <>
          <p>{messages.emptyForAdmin}</p>
          <div class="actions">
            <FileButton label="Choose a file" primary />
          </div>
        </>
      ) : (
        <p>{messages.emptyForOthers}</p>
      )}
    </div>
  );
}

function Search({ q }: { readonly q: string }) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = (text: string) => go(linkTo("catalogue", { q: text.trim() }), { replace: true });
  return (
    <search class="filters">
      <div class="search plain">
        <input
          type="search"
          aria-label="Find a suburb"
          placeholder="Find a suburb"
          defaultValue={q}
          maxLength={100}
          onInput={({ currentTarget }) => {
            clearTimeout(timer.current);
            timer.current = setTimeout(() => search(currentTarget.value), TYPING_MS);
          }}
        />
      </div>
    </search>
  );
}

function useLocalities(q: string, revision: number) {
  const [response, setResponse] = useState<ShownLocalities | null>(null);
  const [localities, setLocalities] = useState<readonly ShownLocality[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const current = useRef<AbortSignal | undefined>(undefined);
  useEffect(() => {
    const controller = new AbortController();
    current.current = controller.signal;
    get<ShownLocalities>(`api/catalogue?${new URLSearchParams({ q })}`, controller.signal).then(
      (page) => {
        setResponse(page);
        setLocalities(page.localities);
        setProblem(null);
      },
      (error) => {
        if (!controller.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
      },
    );
    return () => controller.abort();
  }, [q, revision]);
  const after = response?.next ?? null;
  const more =
    after === null
      ? null
      : () => {
          const { current: signal } = current;
          return get<ShownLocalities>(`api/catalogue?${new URLSearchParams({ q, after })}`, signal).then(
            (page) => {
              setResponse(page);
              // After those it was requested for: two clicks have the same response.
              setLocalities([...localities, ...page.localities]);
            },
            (error) => void (signal?.aborted || notifyError(error)),
          );
        };
  return { response, localities, more, problem };
}

function useImports(revision: number): Imports | null {
  const [imports, setImports] = useState<Imports | null>(null);
  useEffect(() => {
    const controller = new AbortController();
    get<{ readonly imports: Imports }>("api/catalogue/imports", controller.signal).then(
      (response) => setImports(response.imports),
      // The list reports already that nothing can be read.
      () => {},
    );
    return () => controller.abort();
  }, [revision]);
  return imports;
}
