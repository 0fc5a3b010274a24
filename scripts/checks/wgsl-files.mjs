// What every WGSL file must say at its top and how it must look; see CONTRIBUTING.md, "Kernels".

// As wide as the formatter leaves TypeScript.
const MAX_COLUMNS = 110;
/** Header lines of an entry-point file, in this order after the first line. */
const HEADER_FIELDS = ['Geometry', 'Requires', 'Cost'];

/**
 * @param {import('./source-tree.mjs').SourceFile[]} files
 * @returns {string[]} one line per finding
 */
export function checkWgslFiles(files) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  return files
    .filter((file) => /^shaders\/.+\.wgsl$/.test(file.path))
    .flatMap((file) => [
      ...checkFirstLine(file),
      ...checkForm(file),
      ...(isEntryPointFile(file)
        ? [...checkEntryPoint(file), ...checkListed(file, byPath)]
        : checkPart(file)),
    ]);
}

function isEntryPointFile(file) {
  return !/^shaders\/(common|layouts)\//.test(file.path) && /@compute/.test(file.text);
}

function checkFirstLine(file) {
  const [folder, name] = file.path
    .replace(/\.wgsl$/, '')
    .split('/')
    .slice(-2);
  // A layout's parts may be named for the layout as a whole.
  const names = file.path.startsWith('shaders/layouts/')
    ? [`layouts/${folder}`, `${folder}/${name}`]
    : [`${folder}/${name}`];
  const first = file.lines[0] ?? '';
  if (names.some((accepted) => first.startsWith(`// ${accepted}: `)) && first.length > 24) return [];
  return [
    `${file.path}:1: the first line is "${first.slice(0, 60)}". Write "// ${names[0]}: <one sentence>."`,
  ];
}

function checkForm(file) {
  return file.lines.flatMap((line, index) => {
    const at = `${file.path}:${index + 1}`;
    if (line.includes('\t')) return [`${at}: a tab. Indent with two spaces.`];
    if (line.length > MAX_COLUMNS) return [`${at}: ${line.length} columns. Break it at ${MAX_COLUMNS}.`];
    if (/\s$/.test(line)) return [`${at}: trailing white space. Delete it.`];
    if (/^\s*#\s*(if|ifdef|define|include)/.test(line)) {
      return [`${at}: a preprocessor line. Use an override, or another part in kernel.ts.`];
    }
    return [];
  });
}

function checkEntryPoint(file) {
  return [...checkHeader(file), ...checkBindings(file), ...checkIdentifiers(file)];
}

/** The comment block at the top has every field, in order. */
function checkHeader(file) {
  const end = file.lines.findIndex((line) => !line.startsWith('//'));
  const header = (end < 0 ? file.lines : file.lines.slice(0, end)).join('\n');
  const findings = [];
  let last = -1;
  for (const field of HEADER_FIELDS) {
    const at = header.search(new RegExp(`\\b${field}: `));
    if (at < 0) findings.push(`${file.path}: the header has no "// ${field}: ..." line. Add it.`);
    else if (at < last) {
      findings.push(
        `${file.path}: header field ${field} is out of order; expected ${HEADER_FIELDS.join(', ')}.`,
      );
    }
    last = Math.max(last, at);
  }
  return findings;
}

/** One bind group, numbered from 0 without gaps in the order of declaration. */
function checkBindings(file) {
  const findings = [];
  if (/@group\([^0)]/.test(file.text))
    findings.push(`${file.path}: uses a group other than 0. Use @group(0) only.`);
  const numbers = [...file.text.matchAll(/@binding\((\d+)\)/g)].map((match) => Number(match[1]));
  if (numbers.some((number, index) => number !== index)) {
    findings.push(
      `${file.path}: bindings are numbered ${numbers.join(', ')}; expected 0, 1, 2 ... in this order.`,
    );
  }
  return findings;
}

function checkIdentifiers(file) {
  const findings = [];
  const at = (index) => `${file.path}:${file.text.slice(0, index).split('\n').length}`;
  const expect = (pattern, form, formName) => {
    for (const match of file.text.matchAll(pattern)) {
      if (!form.test(match[1]))
        findings.push(`${at(match.index)}: ${match[1]} is not ${formName}. Rename it.`);
    }
  };
  expect(/^\s*fn (\w+)/gm, /^[a-z][a-z0-9_]*$/, 'snake_case');
  expect(/^(?:@id\(\d+\) )?override (\w+)/gm, /^[A-Z][A-Z0-9_]*$/, 'SCREAMING_SNAKE_CASE');
  expect(/^const (\w+)/gm, /^[A-Z][A-Z0-9_]*$/, 'SCREAMING_SNAKE_CASE');
  expect(/^struct (\w+)/gm, /^[A-Z][A-Za-z0-9]*$/, 'PascalCase');
  const entries = [...file.text.matchAll(/@compute[^{]*?\bfn (\w+)/g)].map((match) => match[1]);
  if (entries.length !== 1 || entries[0] !== 'main') {
    findings.push(`${file.path}: entry points are ${entries.join(', ')}; expected exactly one, called main.`);
  }
  return findings;
}

/** Shared parts are pure functions. */
function checkPart(file) {
  if (!/@binding|@group/.test(file.text)) return [];
  return [`${file.path}: a shared part with bindings. Keep bindings in the variant's own file.`];
}

function checkListed(file, byPath) {
  const folder = file.path.slice(0, file.path.lastIndexOf('/'));
  const name = file.path.slice(folder.length + 1);
  const kernel = byPath.get(`${folder}/kernel.ts`);
  if (kernel?.text.includes(`./${name}`)) return [];
  return [`${file.path}: not named in ${folder}/kernel.ts. Add a variant row there, or delete the file.`];
}
