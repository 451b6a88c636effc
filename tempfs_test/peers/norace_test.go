//go:build !race

package peers

const raceDetector = false

// atOnce is how many goroutines begin together.
const atOnce = 10_000
