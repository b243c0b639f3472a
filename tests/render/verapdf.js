/*
 * Validates PDFs with veraPDF; Rhino runs this, Mozilla's JavaScript for Java. Prints a line
 * of JSON for each profile and file. The profiles are read here: the JAR lacks the library with which veraPDF reads them.
 */
/* global Packages, arguments, print */

var java = Packages.java;
var verapdf = Packages.org.verapdf.pdfa;
var Profiles = verapdf.validation.profiles.Profiles;
var Flavour = verapdf.flavours.PDFAFlavour;
// biome-ignore lint/complexity/noArguments: of the script, as Rhino has it
var paths = Array.prototype.slice.call(arguments);

Packages.org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var foundry = verapdf.Foundries.defaultInstance();

function elementsOf(parent, name) {
  var list = parent.getElementsByTagName(name);
  var found = [];
  while (found.length < list.getLength()) found.push(list.item(found.length));
  return found;
}

function textOf(parent, name) {
  return parent.getElementsByTagName(name).item(0).getTextContent();
}

function ruleOf(rule) {
  var id = elementsOf(rule, "id")[0];
  var specification = Flavour.Specification.valueOf(id.getAttribute("specification"));
  return Profiles.ruleFromValues(
    Profiles.ruleIdFromValues(specification, id.getAttribute("clause"), Number(id.getAttribute("testNumber"))),
    rule.getAttribute("object"),
    String(rule.getAttribute("deferred")) === "true" ? java.lang.Boolean.TRUE : null,
    rule.getAttribute("tags"),
    textOf(rule, "description"),
    textOf(rule, "test"),
    Profiles.errorFromValues(textOf(rule, "message"), new java.util.ArrayList()),
    new java.util.ArrayList(),
  );
}

function profileOf(name, flavour) {
  var stream = java.lang.ClassLoader.getSystemResourceAsStream(`org/verapdf/pdfa/validation/${name}.xml`);
  var factory = Packages.javax.xml.parsers.DocumentBuilderFactory.newInstance();
  var root = factory.newDocumentBuilder().parse(stream).getDocumentElement();
  var rules = new java.util.HashSet();
  elementsOf(root, "rule").forEach((rule) => {
    rules.add(ruleOf(rule));
  });
  var variables = new java.util.HashSet();
  elementsOf(root, "variable").forEach((variable) => {
    var [called, object] = [variable.getAttribute("name"), variable.getAttribute("object")];
    variables.add(
      Profiles.variableFromValues(called, object, textOf(variable, "defaultValue"), textOf(variable, "value")),
    );
  });
  var details = Profiles.profileDetailsFromValues(name, "", "", new java.util.Date());
  return Profiles.profileFromValues(flavour, details, "", rules, variables);
}

function faultsOf(path, profile, flavour) {
  var parser = foundry.createParser(new java.io.File(path), flavour);
  var validator = foundry.createValidator(profile, false);
  var result = validator.validate(parser);
  var faults = [];
  // Those that failed: the others are only counted.
  result.getTestAssertions().forEach((assertion) => {
    faults.push(`${assertion.getRuleId().getClause()}: ${assertion.getMessage()}`);
  });
  if (result.isCompliant() !== (faults.length === 0)) throw new Error(`veraPDF contradicts itself about ${path}`);
  validator.close();
  parser.close();
  return faults;
}

[
  ["PDFUA-1", "ua1"],
  ["PDFA-2A", "2a"],
].forEach((each) => {
  var flavour = Flavour.byFlavourId(each[1]);
  var profile = profileOf(each[0], flavour);
  var rules = profile.getRules().size();
  paths.forEach((path) => {
    print(
      JSON.stringify({ path: path, profile: each[0], rules: Number(rules), faults: faultsOf(path, profile, flavour) }),
    );
  });
});
