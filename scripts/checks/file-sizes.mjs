// Files stay short enough to read in one sitting. Data and documents are exempt.

const LIMITS = [
  {
    pattern: /\.wgsl$/,
    maxLines: 150,
    advice: 'one entry point per file: split the technique or share a part',
  },
  { pattern: /(\.test\.(ts|mjs)|^test\/.*\.(ts|mjs))$/, maxLines: 400, advice: 'split by behaviour' },
  { pattern: /\.(ts|tsx|js|mjs|cjs)$/, maxLines: 500, advice: 'split by concept' },
  { pattern: /\.py$/, maxLines: 500, advice: 'split by step' },
];

/**
 * @param {import('./source-tree.mjs').SourceFile[]} files
 * @returns {string[]} one line per finding
 */
export function checkFileSizes(files) {
  return files.flatMap((file) => {
    const limit = LIMITS.find(({ pattern }) => pattern.test(file.path));
    if (limit === undefined || file.lines.length <= limit.maxLines) return [];
    return [
      `${file.path}: ${file.lines.length} lines; the limit is ${limit.maxLines}. Shorten it: ${limit.advice}.`,
    ];
  });
}
