import { signal } from "@preact/signals";
import { asSentence, timesIn } from "../words.ts";
import { CloseIcon } from "./icons.tsx";

interface Notice {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
}

const notices = signal<readonly Notice[]>([]);
const SHOWN_MS = 6_000;
let made = 0;

/** Reports the result of an action. */
export function notify(text: string): void {
  add(text, false);
}

/** Reports that something did not work; stays until it is dismissed. */
export function notifyError(error: unknown): void {
  add(asSentence(error instanceof Error ? error.message : String(error)), true);
}

function add(text: string, bad: boolean): void {
  const id = ++made;
  notices.value = [...notices.value.filter((each) => each.text !== text), { id, text, bad }];
  if (!bad) setTimeout(() => remove(id), SHOWN_MS);
}

function remove(id: number): void {
  notices.value = notices.value.filter((each) => each.id !== id);
}

/** Two live regions, there from the beginning, as screen readers need them: one polite, one assertive. */
export function Notices() {
  const list = (bad: boolean) =>
    notices.value
      .filter((each) => each.bad === bad)
      .map(({ id, text }) => (
        <div key={id} class={bad ? "notice bad" : "notice"}>
          <span>{timesIn(text)}</span>
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => remove(id)}>
            <CloseIcon />
          </button>
        </div>
      ));
  return (
    <div class="notices">
      <div role="alert">{list(true)}</div>
      <output>{list(false)}</output>
    </div>
  );
}
