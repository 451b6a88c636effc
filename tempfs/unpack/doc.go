// Package unpack unpacks archives that nobody trusts into any afero.Fs.
package unpack
