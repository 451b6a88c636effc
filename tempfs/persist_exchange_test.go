//go:build linux || darwin

package tempfs

// canExchange: two directories can change places in one step.
const canExchange = true
