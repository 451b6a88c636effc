//go:build !linux && !darwin

package tempfs_test

// canExchange: two directories cannot change places in one step.
const canExchange = false
