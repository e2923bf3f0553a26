// Judges manifests by Atlassian's own validator, @forge/manifest, as `forge deploy` does before it uploads anything.
// Knows nothing about our endpoints: tests/forge/manifest.rs does.
//
//   node lint.js MANIFEST…    0: all valid · 1: faults, printed with line and column · 2: could not be judged
'use strict'
const fs = require('fs')
const os = require('os')
const path = require('path')

// The validator reads manifest.yml and the folders of its resources in the working directory, so each manifest gets one.
function stage(manifest) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'invite-guard-manifest-'))
  fs.copyFileSync(manifest, path.join(folder, 'manifest.yml'))
  for (const resource of resources(manifest)) {
    const built = path.resolve(path.dirname(manifest), resource)
    const there = path.join(folder, resource)
    // A resource is below the manifest; what is not is left to the validator to refuse.
    if (!there.startsWith(folder + path.sep)) continue
    if (fs.existsSync(path.join(built, 'index.html'))) {
      fs.cpSync(built, there, { recursive: true })
    } else {
      fs.mkdirSync(there, { recursive: true })
      fs.writeFileSync(path.join(there, 'index.html'), '<!doctype html>\n')
      console.error(`note: ${manifest}: ${resource} is not built; an empty page stands in for it`)
    }
  }
  return folder
}

// The validator's own YAML reader, so that both see the same. A file it cannot read is the validator's to report.
function resources(manifest) {
  try {
    const { parse } = require('yaml')
    const listed = parse(fs.readFileSync(manifest, 'utf8')).resources
    return listed.map((resource) => resource.path).filter((found) => typeof found === 'string')
  } catch {
    return []
  }
}

async function judge(validate, manifest) {
  const folder = stage(manifest)
  const before = process.cwd()
  try {
    process.chdir(folder)
    const { success, errors } = await validate()
    for (const { level, line, column, message } of errors ?? []) {
      console.log(`${manifest}:${line ?? 0}:${column ?? 0}: ${level}: ${message}`)
    }
    console.log(`${manifest}: ${success ? 'valid' : 'NOT valid'}`)
    return success
  } finally {
    process.chdir(before)
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function main() {
  // Debian 12 has Node 18, which keeps this in a module; a library of the validator wants it global.
  globalThis.File ??= require('node:buffer').File
  const { validate } = require('@forge/manifest')
  let valid = true
  for (const manifest of process.argv.slice(2)) {
    valid = (await judge(validate, path.resolve(manifest))) && valid
  }
  return valid ? 0 : 1
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(`could not be judged: ${error.stack ?? error}`)
    process.exit(2)
  },
)
