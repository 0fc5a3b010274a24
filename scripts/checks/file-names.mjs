// A file is named for what it holds: kebab-case, and never after nothing in particular.

const VAGUE_NAME = /(^|\/)(utils?|helpers?|misc|common|shared|lib|stuff)\.(ts|tsx|js|mjs|cjs|py|wgsl|css)$/;
const CODE_FILE = /\.(ts|tsx|js|mjs|cjs|wgsl|css)$/;
const KEBAB_CASE = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)+$/;

/**
 * @param {import('./source-tree.mjs').SourceFile[]} files
 * @returns {string[]} one line per finding
 */
export function checkFileNames(files) {
  return files.flatMap(({ path }) => {
    if (VAGUE_NAME.test(path)) return [`${path}: the name says nothing. Name the file for its main export.`];
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (CODE_FILE.test(name) && !KEBAB_CASE.test(name)) {
      return [`${path}: not kebab-case. Rename it, for example my-noun.ts.`];
    }
    return [];
  });
}
