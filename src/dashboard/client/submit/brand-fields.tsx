import { Field } from "../parts/field.tsx";

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
      <Field
        label="Own data"
        hint="A JSON file with sales, agents and listings, in the place of the catalogue's."
        optional
        wrong={wrong("/data")}
      >
        {(attributes) => <input {...attributes} name="data" type="file" accept="application/json,.json" />}
      </Field>
    </details>
  );
}
