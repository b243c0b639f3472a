import { Field } from "../parts/field.tsx";
import { messages } from "./messages.ts";

/** Of PDF/A and PDF/UA, as a request names them. */
const STANDARDS = ["PDF/A-2a", "PDF/A-2b", "PDF/UA-1"] as const;

const TEXTS = [
  ["branding_name", messages.nameOnReport, undefined],
  ["branding_colour", "Colour", "Such as #17494d."],
  ["branding_contact", "Contact", messages.contactHint],
  ["delivery_folder", "Folder", messages.folderHint],
  ["delivery_filename", "File name", "Such as Manly.pdf."],
] as const;

interface BrandFieldsProps {
  /** What is wrong with a field of the request. */
  readonly errorOf: (path: string) => string | undefined;
}

/** Whose report it is, where it goes, and what it is made from, where that is not as usual. */
export function BrandFields({ errorOf }: BrandFieldsProps) {
  return (
    <details class="more">
      <summary>{messages.brandFolderAndData}</summary>
      {TEXTS.map(([name, label, hint]) => (
        <Field
          key={name}
          label={label}
          {...(hint === undefined ? {} : { hint })}
          optional
          error={errorOf(`/${name}`) ?? errorOf(`/${name.replace("_", "/")}`)}
        >
          {(attributes) => <input {...attributes} name={name} type="text" autocomplete="off" spellcheck={false} />}
        </Field>
      ))}
      <Field label="Logo" hint={messages.pictureTypes} optional error={errorOf("/logo") ?? errorOf("/branding/logo")}>
        {(attributes) => (
          <input {...attributes} name="logo" type="file" accept="image/png,image/jpeg,image/gif,image/webp" />
        )}
      </Field>
      <input type="hidden" name="branding_logo" />
      <Field label="Archive standard" hint={messages.archiveHint} error={errorOf("/pdf_standard")}>
        {(attributes) => (
          <select {...attributes} name="pdf_standard">
            <option value="">None</option>
            {STANDARDS.map((standard) => (
              <option key={standard} value={standard}>
                {standard}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={messages.notes} hint={messages.notesHint} optional error={errorOf("/metadata")}>
        {(attributes) => (
          <textarea {...attributes} name="metadata" rows={2} placeholder={"deal: 4711"} spellcheck={false} />
        )}
      </Field>
      <Field label="Own data" hint={messages.dataHint} optional error={errorOf("/data")}>
        {(attributes) => <input {...attributes} name="data" type="file" accept="application/json,.json" />}
      </Field>
    </details>
  );
}
