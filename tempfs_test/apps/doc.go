// Package apps is tests alone: real programs that live on an Fs, on each backend and, for comparison, on afero's own filesystems. Each package here has an
// adapter, where the program's library takes something else than an afero.Fs, small enough to be copied, and tests that let the program do its work.
// docs/programs.md has the results.
package apps
