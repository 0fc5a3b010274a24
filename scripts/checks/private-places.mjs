// A clone works anywhere: nothing in it names a folder of one machine or a package host.

const PLACES = [
  { pattern: /(^|[\s"'`(=:])\/(work|root|home\/\w+|Users\/\w+)\//, what: 'a folder of one machine' },
  {
    pattern: /\bregistry\.[a-z0-9-]+\.(com|org|net|io|dev)\b|\/\/[^/\s]*\b(artifactory|nexus|verdaccio)\b/,
    what: 'a package registry host',
  },
  { pattern: /\/\/[^/\s]*\bmirrors?\b[^/\s]*\//, what: 'a package mirror' },
];
/** This file and its test spell the forbidden words. */
const EXEMPT = /^scripts\/checks\/(private-places|house-checks\.test)\.mjs$/;

/**
 * @param {import('./source-tree.mjs').SourceFile[]} files
 * @returns {string[]} one line per finding
 */
export function checkPrivatePlaces(files) {
  return files
    .filter((file) => !EXEMPT.test(file.path))
    .flatMap((file) =>
      file.lines.flatMap((line, index) =>
        PLACES.filter(({ pattern }) => pattern.test(line)).map(
          ({ what }) =>
            `${file.path}:${index + 1}: names ${what}. Use a relative path, a setting or nothing.`,
        ),
      ),
    );
}
