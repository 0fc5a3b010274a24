// Documents may name only files, folders and npm scripts that exist. `<op>` in a path stands for any name.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { withResultsTable } from '../readme-table.mjs';

const DOCUMENT = /^([A-Z]+|docs\/.+|examples\/.+|[a-z]+\/README)\.md$/;
const NOT_A_PATH = /[\s"'{}()=;,|$@]|^[a-z]+:\/\/|^\.?\/?$|^-/;

/**
 * @param {import('./source-tree.mjs').SourceFile[]} files
 * @param {string} root absolute path of the repository
 * @returns {string[]} one line per finding
 */
export function checkDocuments(files, root) {
  const packageFile = files.find((file) => file.path === 'package.json');
  const scripts = packageFile === undefined ? {} : (JSON.parse(packageFile.text).scripts ?? {});
  const tops = new Set(
    files.filter((file) => file.path.includes('/')).map((file) => file.path.split('/')[0]),
  );
  const exists = (name) => pathExists(name, files, root);
  const findings = files
    .filter((file) => DOCUMENT.test(file.path))
    .flatMap((file) =>
      file.lines.flatMap((line, index) => {
        const at = `${file.path}:${index + 1}`;
        return [
          ...missingPaths(line, tops, exists).map(
            (name) => `${at}: names ${name}, which does not exist. Correct it.`,
          ),
          ...missingLinks(line, path.posix.dirname(file.path), exists).map(
            (name) => `${at}: links to ${name}, which does not exist. Correct it.`,
          ),
          ...missingScripts(line, scripts).map((name) => `${at}: npm has no script "${name}". Correct it.`),
        ];
      }),
    );
  return 'results' in scripts ? [...findings, ...checkResultsTable(files, root)] : findings;
}

/** The README's figures are those of bench/results/. */
function checkResultsTable(files, root) {
  const readme = files.find((file) => file.path === 'README.md');
  if (readme === undefined || !existsSync(path.join(root, 'bench/results'))) return [];
  try {
    const isCurrent = withResultsTable(readme.text, root) === readme.text;
    return isCurrent ? [] : ['README.md: its table differs from bench/results/. Run npm run results.'];
  } catch (error) {
    return [`README.md: ${error instanceof Error ? error.message : String(error)} Repair it.`];
  }
}

/** Code spans that begin with a top folder of the repository, or are a file of its root. */
function missingPaths(line, tops, exists) {
  const spans = [...line.matchAll(/`([^`]+)`/g)].map((match) => match[1].replace(/:\d+$/, ''));
  return spans.filter((span) => {
    if (NOT_A_PATH.test(span) || !span.includes('/') || !tops.has(span.split('/')[0])) return false;
    return !exists(span);
  });
}

function missingLinks(line, folder, exists) {
  const targets = [...line.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]);
  return targets
    .filter((target) => !/^([a-z]+:|#)/.test(target))
    .map((target) => path.posix.normalize(path.posix.join(folder, target.replace(/#.*$/, ''))))
    .filter((target) => !exists(target));
}

function missingScripts(line, scripts) {
  const named = [...line.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
    (match) => match[1] ?? match[2],
  );
  return named.filter((name) => !(name in scripts));
}

function pathExists(name, files, root) {
  const trimmed = name.replace(/\/$/, '');
  if (!/[<*]/.test(trimmed)) return existsSync(path.join(root, trimmed));
  const pattern = trimmed
    .replaceAll(/[.+?^\\[\]]/g, '\\$&')
    .replaceAll('**', '.+')
    .replaceAll(/<[^>]+>|\*/g, '[^/]+');
  const matcher = new RegExp(`^${pattern}(/|$)`);
  return files.some((file) => matcher.test(file.path));
}
