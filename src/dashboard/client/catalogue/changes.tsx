import { post, remove } from "../api.ts";
import { confirmed } from "../parts/confirm.tsx";
import { notify, notifyError } from "../parts/notices.tsx";
import { many, number } from "../words.ts";
import { messages } from "./messages.tsx";

interface Removed {
  readonly removed: number;
  readonly import_id: number | null;
}

/** Takes an import back, once the viewer is sure. Returns whether anything was done. */
export async function undoImport(id: number, what: string): Promise<boolean> {
  const sure = await confirmed({
    title: `Undo import ${id}?`,
    body: (
      <>
        <p>It brought: {what}.</p>
        <p>{messages.undoConsequence}</p>
      </>
    ),
    action: "Undo the import",
  });
  if (!sure) return false;
  return done(async () => {
    const { removed, restored, remaining } = await post<{ removed: number; restored: number; remaining: number }>(
      `api/catalogue/imports/${id}/undo`,
    );
    const stays = remaining === 0 ? "" : messages.laterRowsStay(many(remaining, "row"));
    return messages.undone(id, many(removed, "row"), number(restored), stays);
  });
}

/** Removes all rows of a locality, once the viewer is sure of their number. */
export async function removeLocality(path: string, name: string): Promise<boolean> {
  return counted(path, (rows) => ({
    title: messages.removeTitle(name),
    body: (
      <p>
        {many(rows, "row")} {messages.removeConsequence}
      </p>
    ),
    action: `Remove ${many(rows, "row")}`,
  }));
}

/** Empties the catalogue for good, once the viewer is sure of the number of its rows. */
export async function clearAll(): Promise<boolean> {
  return counted("api/catalogue/all", (rows) => ({
    title: messages.clearTitle,
    body: <p>{messages.clearConsequence(many(rows, "row"), <strong>{messages.cannotBeUndone}</strong>)}</p>,
    action: `Remove ${many(rows, "row")} permanently`,
  }));
}

async function counted(
  path: string,
  question: (rows: number) => Omit<Parameters<typeof confirmed>[0], "dangerous">,
): Promise<boolean> {
  let rows = 0;
  try {
    rows = (await remove<Removed>(`${path}${path.includes("?") ? "&" : "?"}dry_run=true`)).removed;
  } catch (error) {
    notifyError(error);
    return false;
  }
  if (rows === 0) {
    notify(messages.nothingToRemove);
    return false;
  }
  if (!(await confirmed({ ...question(rows), dangerous: true }))) return false;
  return done(async () => {
    const { removed, import_id } = await remove<Removed>(path);
    return `${many(removed, "row")} removed${import_id === null ? " permanently" : messages.undoToRestore(import_id)}`;
  });
}

async function done(work: () => Promise<string>): Promise<boolean> {
  try {
    notify(await work());
    return true;
  } catch (error) {
    notifyError(error);
    return false;
  }
}
