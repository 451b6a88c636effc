//go:build race

package peers

const raceDetector = true

// atOnce is how many goroutines begin together: the race detector has room for 8128.
const atOnce = 8_000
