import { Field } from "../parts/field.tsx";

/** Of PDF/A and PDF/UA, as a request names them. */
const STANDARDS = ["PDF/A-2a", "PDF/A-2b", "PDF/UA-1"] as const;

const TEXTS = [
  ["branding_name", "Name on the report", undefined],
  ["branding_colour", "Colour", "Such as #17494d."],
  ["branding_contact", "Contact", "A line at the foot of the cover."],
  ["delivery_folder", "Folder", "Below the configured target."],
  ["delivery_filename", "File name", "Such as Manly.pdf."],
] as const;

interface BrandFieldsProps {
  /** What is wrong with a field of the request. */
  readonly wrong: (path: string) => string | undefined;
}

/** Whose report it is, where it goes, and what it is made from, where that is not as usual. */
export function BrandFields({ wrong }: BrandFieldsProps) {
  return (
    <details class="more own-brand">
      <summary>Brand, place and data</summary>
      {TEXTS.map(([name, label, hint]) => (
        <Field
          key={name}
          label={label}
          {...(hint === undefined ? {} : { hint })}
          optional
          wrong={wrong(`/${name}`) ?? wrong(`/${name.replace("_", "/")}`)}
        >
          {(attributes) => <input {...attributes} name={name} type="text" autocomplete="off" spellcheck={false} />}
        </Field>
      ))}
      <Field label="Logo" hint="PNG, JPEG, GIF or WebP." optional wrong={wrong("/logo") ?? wrong("/branding/logo")}>
        {(attributes) => (
          <input {...attributes} name="logo" type="file" accept="image/png,image/jpeg,image/gif,image/webp" />
        )}
      </Field>
      <input type="hidden" name="branding_logo" />
      <Field label="Archive standard" hint="For files that must be stored for years." wrong={wrong("/pdf_standard")}>
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
      <Field
        label="Notes for your own use"
        hint="A line each, name: value. They stay with the job, can be searched, and go into its callback."
        optional
        wrong={wrong("/metadata")}
      >
        {(attributes) => (
          <textarea {...attributes} name="metadata" rows={2} placeholder={"deal: 4711"} spellcheck={false} />
        )}
      </Field>
      <Field
        label="Own data"
        hint="A JSON file with sales, agents and listings, instead of the catalogue's data."
        optional
        wrong={wrong("/data")}
      >
        {(attributes) => <input {...attributes} name="data" type="file" accept="application/json,.json" />}
      </Field>
    </details>
  );
}
