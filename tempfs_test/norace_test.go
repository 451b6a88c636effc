//go:build !race

package tempfs_test

const raceDetector = false
