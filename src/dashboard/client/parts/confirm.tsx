import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Modal } from "./modal.tsx";

interface Question {
  readonly title: string;
  readonly body: ComponentChildren;
  /** The label of the button that confirms. */
  readonly action: string;
  readonly dangerous?: boolean;
}

const openQuestion = signal<(Question & { readonly decide: (yes: boolean) => void }) | null>(null);

/** Asks for confirmation. Returns whether it was given. */
export function confirmed(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    openQuestion.value = {
      ...question,
      decide: (yes) => {
        openQuestion.value = null;
        resolve(yes);
      },
    };
  });
}

/** The one dialog for confirmations. */
export function Confirmation() {
  const question = openQuestion.value;
  if (question === null) return null;
  const { title, body, action, dangerous = false, decide } = question;
  return (
    <Modal title={title} onClose={() => decide(false)}>
      <div class="prose">{body}</div>
      <div class="actions end">
        <button type="button" class="button" onClick={() => decide(false)}>
          No, go back
        </button>
        <button type="button" class={dangerous ? "button danger" : "button primary"} onClick={() => decide(true)}>
          {action}
        </button>
      </div>
    </Modal>
  );
}
