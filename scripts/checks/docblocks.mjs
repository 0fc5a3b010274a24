// Every exported symbol of the engine has a docblock that states its contract. Works on syntax alone: fast.
import ts from 'typescript';

const CHECKED = /^(src|shaders)\/.+\.ts$/;
const EXEMPT = /\.test\.ts$|\.d\.ts$/;

/**
 * @param {import('./source-tree.mjs').SourceFile[]} files
 * @returns {string[]} one line per finding
 */
export function checkDocblocks(files) {
  return files
    .filter((file) => CHECKED.test(file.path) && !EXEMPT.test(file.path))
    .flatMap((file) => {
      const tree = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
      return [
        ...checkFileHeader(file),
        ...tree.statements.flatMap((node) => checkStatement(file, tree, node)),
      ];
    });
}

function checkFileHeader(file) {
  if (/^(#!.*\n)?\s*\/[/*]/.test(file.text)) return [];
  return [
    `${file.path}:1: no header. Begin with a comment of 1 to 6 lines: what the file is for, what it does not know.`,
  ];
}

function checkStatement(file, tree, node) {
  if (ts.isExportDeclaration(node) && node.exportClause === undefined) {
    return [finding(file, tree, node, 'export * hides what is public. Name each export')];
  }
  if (!isExported(node)) return [];
  const findings = hasDocblock(node) ? [] : nodeNames(node).map((name) => missing(file, tree, node, name));
  if (ts.isClassDeclaration(node)) findings.push(...checkMembers(file, tree, node));
  return findings;
}

/** Public methods; those of an interface have their words there. */
function checkMembers(file, tree, node) {
  if (node.heritageClauses !== undefined) return [];
  return node.members
    .filter((member) => ts.isMethodDeclaration(member) || ts.isGetAccessor(member))
    .filter((member) => !isHidden(member) && !hasDocblock(member) && !isDispose(member))
    .map((member) => missing(file, tree, member, `${node.name?.text}.${member.name.getText(tree)}`));
}

/** `[Symbol.dispose]() { this.dispose() }` needs no words of its own. */
function isDispose(member) {
  return ts.isComputedPropertyName(member.name);
}

function isHidden(member) {
  const modifiers = ts.getCombinedModifierFlags(member);
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected | ts.ModifierFlags.Override;
  return (modifiers & hidden) !== 0 || ts.isPrivateIdentifier(member.name);
}

function isExported(node) {
  return (
    (ts.canHaveModifiers(node) &&
      ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.ExportKeyword)) ??
    false
  );
}

function hasDocblock(node) {
  return ts.getJSDocCommentsAndTags(node).length > 0;
}

function nodeNames(node) {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map((entry) => entry.name.getText());
  return [node.name?.text ?? 'default export'];
}

function missing(file, tree, node, name) {
  return finding(
    file,
    tree,
    node,
    `exported ${name} has no docblock. State its contract, units, shapes and errors above it`,
  );
}

function finding(file, tree, node, text) {
  const { line } = tree.getLineAndCharacterOfPosition(node.getStart(tree));
  return `${file.path}:${line + 1}: ${text}.`;
}
