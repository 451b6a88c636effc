//go:build linux || darwin

package tempfs_test

// canExchange: two directories can change places in one step.
const canExchange = true
