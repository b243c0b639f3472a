/*
 * The page of an import: what a file was recognised as, what is wrong with it, and what would change.
 * Columns can be corrected and saved as a map before anything is imported.
 * Not here: other pages, except what the catalogue's page and the form share with this one.
 */

import { useEffect, useState } from "preact/hooks";
import { linkTo, type PageProps } from "../address.ts";
import { get, Refusal, sendFile } from "../api.ts";
import { FileButton } from "../catalogue/file-button.tsx";
import { picked, useDrop } from "../catalogue/picked.ts";
import { Sample } from "../catalogue/sample.tsx";
import { changeWords } from "../catalogue/words.ts";
import { notify, notifyError } from "../parts/notices.tsx";
import type { ImportedFile, Maps } from "../responses.ts";
import { mayOperate } from "../viewer.ts";
import { bytes } from "../words.ts";
import { type Choices, importPath, useCheck } from "./check.ts";
import { CheckedFile } from "./checked-file.tsx";
import { Done } from "./done.tsx";
import { NO_MAPPING } from "./mapping.ts";
import { messages } from "./messages.tsx";

const NOTHING_CHOSEN: Choices = {
  kind: "",
  sheet: "",
  mapping: NO_MAPPING,
  locality: { suburb: "", state: "", postcode: "" },
};

/** Shows a file before it is imported: what was understood, what is refused, what would change. */
export function Page({ query }: PageProps) {
  const file = picked.value;
  const [choices, setChoices] = useState<Choices>(NOTHING_CHOSEN);
  const [done, setDone] = useState<ImportedFile | null>(null);
  const [skipBad, setSkipBad] = useState(false);
  const [importing, setImporting] = useState(false);
  const [mapsRead, setMapsRead] = useState(0);
  const maps = useMaps(mapsRead);
  const over = useDrop(mayOperate);
  const check = useCheck(done === null ? file : null, choices);
  // Another file is examined from the beginning.
  useEffect(() => {
    setChoices(NOTHING_CHOSEN);
    setDone(null);
    setSkipBad(false);
  }, [file]);
  useEffect(
    () => () => {
      picked.value = null;
    },
    [],
  );
  const suburb = requestedLocality(query);

  if (!mayOperate) return <p class="empty">{messages.adminsOnly}</p>;

  const importNow = async () => {
    if (file === null) return;
    setImporting(true);
    try {
      const path = importPath(file, choices, { dryRun: false, skipBad });
      const result = await sendFile<ImportedFile>(path, file, new AbortController().signal);
      // Another file may have been chosen in the meantime, which is not imported.
      if (picked.value === file) setDone(result);
      else notify(messages.imported(file.name, changeWords(result.changes)));
    } catch (error) {
      notifyError(
        error instanceof Refusal && error.status === 0 ? new Error(messages.seeImports(error.message)) : error,
      );
    }
    setImporting(false);
  };

  return (
    <>
      <div class="heading">
        <h1>{suburb === "" ? "Import a file" : `Add data for ${suburb}`}</h1>
        {file !== null && (
          <span class="count">
            {file.name} · {bytes(file.size)}
          </span>
        )}
        {file !== null && done === null && (
          <div class="actions">
            <FileButton label="Choose another file" />
          </div>
        )}
      </div>
      <p class="under">
        <a href={linkTo("catalogue")}>The catalogue</a>
      </p>
      <Sample onChange={() => {}} />
      {file === null ? (
        <Choose suburb={suburb} />
      ) : done !== null ? (
        <Done file={done} name={file.name} />
      ) : (
        check !== null && (
          <CheckedFile
            file={file}
            check={check}
            choices={choices}
            maps={maps}
            importing={importing}
            skipBad={skipBad}
            onChoices={setChoices}
            onSkipBad={setSkipBad}
            onMapSaved={() => setMapsRead((before) => before + 1)}
            onImport={() => void importNow()}
          />
        )
      )}
      {over && (
        <div class="drop-hint" aria-hidden="true">
          {messages.dropToCheck}
        </div>
      )}
    </>
  );
}

/** "Manly NSW 2095" if the page of a suburb without data links here. */
function requestedLocality(query: URLSearchParams): string {
  return ["suburb", "state", "postcode"].flatMap((name) => query.get(name) ?? []).join(" ");
}

function Choose({ suburb }: { readonly suburb: string }) {
  return (
    <div class="drop-zone">
      <h2>{messages.dropHere}</h2>
      <p>{messages.whatCanBeDropped(suburb === "" ? messages.anyRows : messages.rowsOfLocality(suburb))}</p>
      <FileButton label="Choose a file" primary />
    </div>
  );
}

function useMaps(revision: number): Maps {
  const [maps, setMaps] = useState<Maps>([]);
  useEffect(() => {
    if (!mayOperate) return;
    const controller = new AbortController();
    get<{ readonly maps: Maps }>("api/catalogue-maps", controller.signal).then(
      (response) => setMaps(response.maps),
      // A file can be imported without one.
      () => {},
    );
    return () => controller.abort();
  }, [revision]);
  return maps;
}
